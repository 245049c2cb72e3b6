import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { distanceOfMoments, type FrechetTerms } from './frechet.ts';
import { featureGeometry, referenceOfStatistics, type Statistics } from './reference.ts';

/**
 * Fréchet distance between two Gaussians given by mean [d] and covariance [d, d]:
 * |μ − m|² + tr P + tr Q − 2 tr (Q^½ P Q^½)^½. Symmetric in its arguments up to rounding.
 *
 * @throws StudyError if the dimensions differ or a number is not finite
 */
export async function frechetDistance(
  reference: Statistics,
  generated: Statistics,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  checkStatistics(reference, 'reference');
  checkStatistics(generated, 'generated');
  if (reference.mean.length !== generated.mean.length) {
    throw new StudyError(
      `reference has ${reference.mean.length} dimensions, generated ${generated.mean.length}`,
      'compare features of one extractor',
    );
  }
  const prepared = referenceOfStatistics(reference, algebra);
  const mean = generated.mean.map((value, i) => value - reference.mean[i]!);
  const d = mean.length;
  const covariance = { data: generated.covariance, rows: d, columns: d };
  return distanceOfMoments(featureGeometry(prepared), { mean, covariance }, algebra);
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
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new StudyError(
        `${side} statistics hold ${values[bad]} at position ${bad}`,
        'features must be finite; extract them again',
      );
    }
  }
}
