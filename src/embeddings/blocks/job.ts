import { z } from 'zod';
import { checked } from '../../arrays/json.ts';
import { StudyError } from '../../errors.ts';
import type { Selection } from '../../images/open.ts';
import type { ImageSource } from '../../images/source.ts';
import type { Job, JobPlan } from '../../jobs/job.ts';
import type { Extractor } from '../../models/extractor.ts';
import { imagesCodeHash } from '../../provenance/code-hash.ts';
import { stampOfFiles } from '../../provenance/file-stamp.ts';
import { hashOfNames } from '../names.ts';
import { providers } from '../provider.ts';
import { blockImages } from '../run-network.ts';
import type { Settings } from '../settings.ts';
import { featuresProbe } from './probe.ts';

/** The kind of job whose units are blocks of images. */
export const IMAGES = 'images';

/** What is kept of a block: its features, or their mean and covariance alone. */
export type Keeps = 'features' | 'moments';

const selectionSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** What a worker opens. Which images and which network they must be, the identity says. */
const inputSchema = z.object({
  images: z.string(),
  selection: selectionSchema,
  model: z.string(),
  mode: z.string(),
  provider: z.enum(providers),
  batchSize: z.int().positive(),
});
export type BlocksInput = z.output<typeof inputSchema>;

const identitySchema = z.looseObject({
  names: z.string(),
  count: z.int().positive(),
  model: z.string(),
  mode: z.string(),
  skipBad: z.boolean(),
  keeps: z.enum(['features', 'moments']),
});

/** What decides the value of a block. */
export type BlocksIdentity = z.output<typeof identitySchema>;

const unitSchema = z.object({ start: z.int().nonnegative(), end: z.int().positive() });
export type Block = z.output<typeof unitSchema>;

const again = 'prepare it again';

/** @throws StudyError for a job of another version */
export function blocksOf({ name, input, identity, units }: Job) {
  const wrong = `the job ${name} is not one of images`;
  return {
    input: checked(input, inputSchema, wrong, again),
    identity: checked(identity, identitySchema, wrong, again),
    blocks: units.map((unit) => checked(unit, unitSchema, wrong, again)),
  };
}

export interface BlocksPlan {
  readonly source: ImageSource;
  readonly extractor: Extractor;
  readonly settings: Settings;
  readonly input: Omit<BlocksInput, 'selection' | 'provider' | 'batchSize'>;
  readonly selection: Selection;
  readonly skipBad: boolean;
  readonly keeps: Keeps;
  readonly signal?: AbortSignal | undefined;
}

/**
 * An extraction in blocks of images by index in the set's order. They depend on the set alone, not on
 * who makes them.
 */
export async function planOf(plan: BlocksPlan): Promise<JobPlan> {
  const { source, extractor, settings, input, skipBad, keeps, signal } = plan;
  const { provider, batchSize } = settings;
  const count = source.names.length;
  const given = Object.entries(plan.selection).filter(([, value]) => value !== undefined);
  const files = source.files?.();
  const identity: BlocksIdentity = {
    names: hashOfNames(source.names),
    count,
    // Changed images are another job: their parts are made anew.
    files: files ? ((await stampOfFiles(files, signal))?.portable ?? null) : null,
    treatment: source.treatment ?? null,
    model: extractor.sha256,
    mode: extractor.mode,
    provider,
    batchSize,
    skipBad,
    keeps,
  };
  return {
    kind: IMAGES,
    title: `the ${keeps} of ${count} images by ${extractor.name}`,
    identity,
    request: identity,
    code: imagesCodeHash(),
    probe: await featuresProbe(extractor, provider),
    input: { ...input, selection: Object.fromEntries(given), provider, batchSize },
    units: Array.from({ length: Math.ceil(count / blockImages) }, (_, i) => ({
      start: i * blockImages,
      end: Math.min((i + 1) * blockImages, count),
    })),
  };
}

/** @throws StudyError if a worker sees other images, or another network, than the job was prepared with */
export function requireSame(
  { path, names }: ImageSource,
  { name, sha256, mode }: Extractor,
  identity: BlocksIdentity,
): void {
  if (names.length !== identity.count || hashOfNames(names) !== identity.names) {
    throw new StudyError(
      `${path} holds other images here than where the job was prepared: ${names.length}, not ${identity.count}`,
      'put the images where every machine has them under the same path, and let them be',
    );
  }
  if (sha256 === identity.model && mode === identity.mode) return;
  throw new StudyError(
    `the model ${name} (${mode}) here is another build than the one the job was prepared with: sha256 ${sha256.slice(0, 12)}, not ${identity.model.slice(0, 12)}`,
    'let all machines share STUDY_CACHE, or give them the same file of the model',
  );
}
