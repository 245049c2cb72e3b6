import { basename, dirname } from 'node:path';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import { requireComparable } from '../sources/comparable.ts';
import { momentsOfFeatures } from '../sources/features.ts';
import { readLabels } from '../sources/labels.ts';
import { provenanceOf } from '../sources/provenance.ts';
import { cachedReference } from '../sources/reference-cache.ts';
import { loadSurrogate } from '../sources/surrogate.ts';
import { type SweepOptions, type SweepOutput, sweepToFolder } from '../study.ts';
import { isBeyondHalf } from '../sweep/complement.ts';
import { poolInputs, type SweepInputs, surrogateInputs } from '../sweep/inputs.ts';
import { precisionOfPool } from '../sweep/precision.ts';
import { samplingOf } from '../sweep/run.ts';
import { parseSettings, type SweepInput, type SweepSettings } from '../sweep/settings.ts';
import type { ExtractionFlags } from './embeddings-of.ts';
import { openSides } from './open-side.ts';

export type SweepRunOptions = SweepOptions &
  Omit<ExtractionFlags, 'signal' | 'model' | 'mode' | 'seed'>;

/**
 * Runs a sweep as `study sweep` does, and writes the same files: FID of seeded draws at each number
 * of images, their bias and spread.
 *
 * @param input settings, all with defaults; `study sweep --config` takes the same as JSON
 * @example const { performance, summary } = await sweep({ sizes: [5000, 50_000], seeds: 10 });
 * @throws StudyError for settings that do not hold, an unknown source, sides that cannot be
 *   compared, sizes beyond the pool, a folder that holds another sweep or cannot be written; the
 *   signal's reason once it is aborted
 */
export async function sweep(
  input: SweepInput = {},
  options: SweepRunOptions = {},
): Promise<SweepOutput> {
  const settings = parseSettings(input);
  const { inputs, close } = await openInputs(settings, options);
  try {
    return await sweepToFolder(settings, inputs, options);
  } finally {
    close();
  }
}

/** Opens what a sweep draws from: a surrogate, or a pool of features against a reference. */
async function openInputs(
  settings: SweepSettings,
  flags: ExtractionFlags,
): Promise<{ inputs: SweepInputs; close(): void }> {
  const { source, reference, generated, model, mode, sizes, replacement, force } = settings;
  const { labels: labelsPath } = settings;
  const algebra = sharedAlgebra();
  if (reference === undefined || generated === undefined) {
    const surrogate = await loadSurrogate(source!, algebra);
    return { inputs: surrogateInputs(surrogate, settings.exact_moments), close() {} };
  }
  const use = { generated: 'rows' } as const;
  const sides = await openSides(reference, generated, { ...flags, model, mode }, use);
  const close = () => {
    sides.reference.close();
    sides.generated.close();
  };
  try {
    if (sides.generated.kind === 'statistics') {
      throw new StudyError(
        `${generated} holds statistics; a sweep draws rows`,
        'give features or images as the generated side, or a surrogate with these statistics',
      );
    }
    requireComparable(sides.reference, sides.generated, force);
    const prepared = await cachedReference(sides.reference, algebra);
    const { rows, dimension } = sides.generated;
    const labels = labelsPath === undefined ? undefined : await readLabels(labelsPath, rows);
    const names = { name: nameOf(generated), reference: provenanceOf(sides.reference) };
    const provenances = { ...names, generated: provenanceOf(sides.generated) };
    const { source: pool } = poolInputs(prepared, sides.generated, provenances, undefined, labels);
    const precision = await precisionOfPool(pool, samplingOf(settings), sizes, algebra);
    const beyond = sizes.some((size) => isBeyondHalf(size, dimension, rows));
    const total =
      beyond && !replacement
        ? shifted(await momentsOfFeatures(sides.generated, algebra, precision), prepared.mean)
        : undefined;
    return {
      inputs: poolInputs(prepared, sides.generated, provenances, total, labels, precision),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** About another origin, and in memory that all workers share. */
function shifted({ count, mean, covariance }: SampleMoments, origin: Float64Array): SampleMoments {
  const data = new Float64Array(new SharedArrayBuffer(covariance.data.byteLength));
  data.set(covariance.data);
  return {
    count,
    mean: mean.map((value, i) => value - origin[i]!),
    covariance: { ...covariance, data },
  };
}

/** A folder's or file's own name; of `DIR/features.npy` it is DIR that says something. */
function nameOf(path: string): string {
  // A data set's split, cifar10:train, would be no name for a folder on Windows.
  const name = basename(path)
    .replace(/\.(npy|npz|zip|pt)$/i, '')
    .replaceAll(':', '-');
  return name === 'features' ? basename(dirname(path)) || name : name;
}
