import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Precision, SampleMoments } from '../linalg/scatter.ts';
import { type FeatureRows, momentsOfFeatures } from '../metrics/features.ts';

/** Progress and cancellation of a long preparation. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of rows read so far, and their purpose. */
  readonly onRows?: ((done: number, total: number, note: string) => void) | undefined;
}

/**
 * Moments of z = x − origin over a whole pool, in memory that all workers share: draws of more than
 * half of it are computed as the pool minus the rows they leave out.
 */
export async function poolMoments(
  pool: FeatureRows,
  origin: Float64Array,
  algebra: LinearAlgebra,
  precision: Precision,
): Promise<SampleMoments> {
  const { count, mean, covariance } = await momentsOfFeatures(pool, algebra, precision);
  const data = new Float64Array(new SharedArrayBuffer(covariance.data.byteLength));
  data.set(covariance.data);
  return {
    count,
    mean: mean.map((value, i) => value - origin[i]!),
    covariance: { ...covariance, data },
  };
}
