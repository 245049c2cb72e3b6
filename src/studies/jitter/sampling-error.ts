import { workerPoolFor } from '../../draws/worker-pool.ts';
import { StudyError } from '../../errors.ts';
import type { Reference } from '../../metrics/reference.ts';
import { provenanceOf } from '../../sides/provenance.ts';
import type { Side } from '../../sides/side.ts';
import { poolInputs } from '../../sweep/inputs.ts';
import { runSweep } from '../../sweep/run.ts';
import { parseSettings } from '../../sweep/settings.ts';
import type { StudyContext } from '../kind.ts';

/** The error of an FID from too few images. */
export interface SamplingError {
  readonly size: number;
  readonly kind: 'bias' | 'sd';
  readonly value: number;
  /** Whether it was measured at this size, or extrapolated from a smaller one as 1/N. */
  readonly basis: 'measured' | 'extrapolated';
}

/** Sizes that are reported. */
const REPORTED = [5000, 50_000] as const;

/**
 * Bias and SD of FID at 5,000 and 50,000 images, from seeded draws of a pool. Sizes beyond a third
 * of the pool are extrapolated from the largest drawn: bias as C/N, the first-order law, and SD as 1/N
 * too, the faster of the two possible laws (1/√N if the sets differ), so that it may be too small.
 *
 * @throws StudyError for a pool of statistics, or one too small
 */
export async function samplingErrors(
  { side, reference }: { readonly side: Side; readonly reference: Reference },
  pool: Side,
  seeds: number,
  { workers, signal, progress }: StudyContext,
): Promise<SamplingError[]> {
  if (pool.kind === 'statistics') {
    throw new StudyError(
      `${pool.path} holds statistics`,
      'give features or images: draws need rows',
    );
  }
  const drawn = REPORTED.filter((size) => size <= pool.rows / 3);
  const largest = drawn.at(-1);
  if (largest === undefined) {
    throw new StudyError(
      `a pool of ${pool.rows} images is too small for draws of ${REPORTED[0]}`,
      `give ${3 * REPORTED[0]} or more`,
    );
  }
  const inputs = poolInputs(reference, pool, {
    name: 'sampling',
    reference: provenanceOf(side),
    generated: provenanceOf(pool),
  });
  const settings = parseSettings({
    reference: side.path,
    generated: pool.path,
    sizes: [...drawn, largest / 2].sort((a, b) => a - b),
    seeds,
  });
  const bar = progress('drawing', 'rows');
  const engine = workerPoolFor(inputs.dimension, workers);
  const result = await runSweep(settings, inputs, {
    engine,
    signal,
    onProgress: bar.update,
  }).finally(() => bar.stop());
  // The slope of FID on 1/N is the constant C of the bias.
  const slope = result.fit?.slope ?? Number.NaN;
  const sdAt = (size: number) => {
    const rows = result.performance.filter((row) => row.size === size);
    const row = rows.find(({ measure }) => measure === 'empirical_se_corrected');
    return (row ?? rows.find(({ measure }) => measure === 'empirical_se'))?.value ?? Number.NaN;
  };
  return REPORTED.flatMap((size): SamplingError[] => {
    const isDrawn = drawn.includes(size);
    const sd = isDrawn ? sdAt(size) : (sdAt(largest) * largest) / size;
    return [
      { size, kind: 'bias', value: slope / size, basis: isDrawn ? 'measured' : 'extrapolated' },
      { size, kind: 'sd', value: sd, basis: isDrawn ? 'measured' : 'extrapolated' },
    ];
  });
}

/** Columns of sampling.csv. */
export const SAMPLING_COLUMNS = [
  'size',
  'kind',
  'value',
  'basis',
] as const satisfies readonly (keyof SamplingError)[];
