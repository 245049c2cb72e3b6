import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { type FrechetTerms, type SpectralDistance, spectralDistance } from './frechet.ts';
import {
  featureGeometry,
  type Reference,
  referenceOfStatistics,
  type Statistics,
} from './reference.ts';
import { requireSemidefinite } from './semidefinite.ts';

/**
 * Fréchet distance between two Gaussians given by mean [d] and covariance [d, d]:
 * |μ − m|² + tr P + tr Q − 2 tr (Q^½ P Q^½)^½ (Dowson & Landau 1982, doi
 * 10.1016/0047-259X(82)90077-X). Symmetric in its arguments up to rounding.
 *
 * @param algebra default: onnxruntime's products on all cores and our WebAssembly kernels
 * @example
 * const { distance } = await frechetDistance(
 *   { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, 0, 0, 1) },
 *   { mean: Float64Array.of(1, 0), covariance: Float64Array.of(4, 0, 0, 1) },
 * ); // 2: one from the means, one from the standard deviations 1 and 2
 * @throws StudyError if the dimensions differ, a number is not finite, or a covariance is not positive
 * semidefinite
 */
export async function frechetDistance(
  reference: Statistics,
  generated: Statistics,
  algebra: LinearAlgebra = sharedAlgebra(),
): Promise<FrechetTerms> {
  checkStatistics(reference, 'reference');
  checkStatistics(generated, 'generated');
  if (reference.mean.length !== generated.mean.length) {
    throw new StudyError(
      `reference has ${reference.mean.length} dimensions, generated ${generated.mean.length}`,
      'compare features of one extractor',
    );
  }
  const ready = await referenceOfStatistics(reference, algebra);
  await requireSemidefinite(generated, 'the generated set', algebra.gemm, ready.trace);
  return distanceOfStatistics(ready, generated, algebra);
}

/** The same against a prepared reference of the same dimension. */
export async function distanceOfStatistics(
  reference: Reference,
  statistics: Statistics,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  return (await spectralDistanceOfStatistics(reference, statistics, algebra)).terms;
}

/** The same with its spectrum. */
export async function spectralDistanceOfStatistics(
  reference: Reference,
  { mean, covariance }: Statistics,
  algebra: LinearAlgebra,
): Promise<SpectralDistance> {
  const d = mean.length;
  const moments = {
    // Statistics do not state their number of rows: every eigenvalue counts.
    count: Number.POSITIVE_INFINITY,
    mean: mean.map((value, i) => value - reference.mean[i]!),
    covariance: { data: covariance, rows: d, columns: d },
  };
  return spectralDistance(featureGeometry(reference), moments, algebra);
}

function checkStatistics({ mean, covariance }: Statistics, side: string): void {
  const d = mean.length;
  if (covariance.length !== d * d) {
    throw new StudyError(
      `${side} has a mean of ${d} and a covariance of ${covariance.length} numbers`,
      'give mu [d] and sigma [d, d]',
    );
  }
  for (const values of [mean, covariance]) {
    // A sum of finite numbers can overflow: only then they are looked at one by one.
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum += values[k]!;
    if (Number.isFinite(sum)) continue;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new StudyError(
        `${side} statistics hold ${values[bad]} at position ${bad}`,
        'features must be finite; extract them again',
      );
    }
  }
}
