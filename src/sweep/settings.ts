import { z } from 'zod';
import { checked } from '../arrays/json.ts';
import { StudyError } from '../errors.ts';
import { isFidAlone, parseMetrics } from './metric-names.ts';
import {
  checkSeeds,
  checkSizes,
  largestSize,
  parseSizes,
  requireFewDraws,
  seedsOfCount,
} from './sizes.ts';

/** Sizes if none are given: of FID, and of metrics whose cost grows with the square of N. */
const SIZES = [5000, 50_000];
const SIZES_OF_PAIRS = [1000, 2000, 5000];

/** A sweep as users write it, in a JSON file or as flags: `--study-seed` is `study_seed` here. */
export const settingsSchema = z.strictObject({
  /** First column of the tables; by default the source's name. */
  experiment: z.string().min(1).optional(),
  /** ADEMP header and other notes; kept in the manifest. */
  header: z.unknown().optional(),
  source: z.string().min(1).optional(),
  reference: z.string().min(1).optional(),
  generated: z.string().min(1).optional(),
  /** Extractor for a reference or generated side given as images. */
  model: z.string().min(1).optional(),
  /** Its preprocessing mode; by default its first. */
  mode: z.string().min(1).optional(),
  /** The column of images in Parquet files with several. */
  column: z.string().min(1).optional(),
  /** Sets to take from files that hold several, such as `fd_dinov2`. */
  entry: z.array(z.string().min(1)).max(8).optional(),
  /** By default 5,000 and 50,000; of metrics that compare all pairs of images 1,000, 2,000 and 5,000. */
  sizes: z.union([z.array(z.number()), z.string()]).optional(),
  /** What is computed of each draw: names, or `all`; by default FID. */
  metric: z.union([z.string(), z.array(z.string()).max(100)]).optional(),
  /** Rows of the reference that metrics besides FID draw from a surrogate; by default the largest size. */
  reference_rows: z.int().min(2).max(largestSize).optional(),
  /** A count (seeds 1 … count), or a list. */
  seeds: z.union([z.number(), z.array(z.number())]).default(10),
  study_seed: z.number().int().nonnegative().default(0),
  /**
   * A file with the class of each generated image, or `auto` for the classes that the images have: draws
   * then keep the class proportions.
   */
  labels: z.string().min(1).optional(),
  replacement: z.boolean().default(false),
  nested: z.boolean().default(true),
  /** Draws mean and covariance of a surrogate's draws directly, instead of their rows. */
  exact_moments: z.boolean().default(false),
  /** Draws every row of a surrogate, not the moments of blocks of rows. */
  rows: z.boolean().default(false),
  estimand: z.enum(['auto', 'population', 'intercept', 'pool']).default('auto'),
  timings: z.boolean().default(false),
  force: z.boolean().default(false),
});

/** What a user may write; everything has a default. */
export type SweepInput = z.input<typeof settingsSchema>;

/** Settings with their defaults filled in, sizes ascending and seeds listed. */
export interface SweepSettings
  extends Omit<z.output<typeof settingsSchema>, 'sizes' | 'seeds' | 'metric'> {
  readonly sizes: readonly number[];
  /** Names in the order of tables, or `all`; absent for FID alone. */
  readonly metric?: readonly string[];
  readonly seeds: readonly number[];
}

/**
 * Checks settings and fills in their defaults.
 *
 * @throws StudyError naming the invalid field
 */
export function parseSettings(input: unknown): SweepSettings {
  const {
    sizes: givenSizes,
    metric: givenMetric,
    seeds,
    source,
    reference,
    generated,
    ...rest
  } = checked(
    input,
    settingsSchema,
    'invalid settings',
    'study sweep --help lists the settings; experiments/cifar10-cfm.json is an example of a file',
  );
  if (source !== undefined && (reference !== undefined || generated !== undefined)) {
    throw new StudyError(
      `both a source (${source}) and a reference or generated set`,
      'give either --source, or --reference and --generated',
    );
  }
  if ((reference === undefined) !== (generated === undefined)) {
    throw new StudyError(
      `${reference === undefined ? 'generated' : 'reference'} set without the other side`,
      'give both --reference and --generated',
    );
  }
  if (rest.exact_moments && reference !== undefined) {
    throw new StudyError(
      '--exact-moments needs a surrogate, not a pool of features',
      'leave out --exact-moments, or give --source',
    );
  }
  if (rest.rows && reference !== undefined) {
    throw new StudyError(
      '--rows needs a surrogate: draws from a pool always are rows',
      'leave out --rows, or give --source',
    );
  }
  if (rest.rows && rest.exact_moments) {
    throw new StudyError(
      '--rows and --exact-moments exclude each other',
      'leave out one of them: --rows draws every row, --exact-moments none',
    );
  }
  if (rest.labels !== undefined && reference === undefined) {
    throw new StudyError(
      `--labels needs a pool of images, not a surrogate: ${rest.labels}`,
      'leave out --labels, or give --reference and --generated',
    );
  }
  if (rest.labels !== undefined && rest.replacement) {
    throw new StudyError(
      '--labels does not work with --replacement: such draws cannot keep class proportions',
      'leave out --labels or --replacement',
    );
  }
  const metric = givenMetric === undefined ? undefined : parseMetrics(givenMetric);
  const ofFid = isFidAlone(metric);
  if (ofFid && rest.reference_rows !== undefined) {
    throw new StudyError(
      `--reference-rows ${rest.reference_rows} with FID alone, whose reference is known exactly`,
      'leave it out, or give another --metric',
    );
  }
  if (rest.reference_rows !== undefined && reference !== undefined) {
    throw new StudyError(
      `--reference-rows ${rest.reference_rows} with a reference of its own rows: ${reference}`,
      'leave it out: all rows of the reference are used',
    );
  }
  const sizes = givenSizes ?? (ofFid ? SIZES : SIZES_OF_PAIRS);
  const sizeList = typeof sizes === 'string' ? parseSizes(sizes) : checkSizes(sizes);
  const seedList = typeof seeds === 'number' ? seedsOfCount(seeds) : checkSeeds(seeds);
  requireFewDraws(sizeList, seedList);
  return {
    ...rest,
    ...(!ofFid && { metric: metric! }),
    // Without rows the sizes cannot share a prefix.
    nested: rest.nested && !rest.exact_moments,
    ...(reference !== undefined && { reference, generated }),
    ...(reference === undefined && { source: source ?? 'cifar10-cfm' }),
    sizes: sizeList,
    seeds: seedList,
  };
}
