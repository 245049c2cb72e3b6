import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { momentsOfFeatures } from '../../metrics/features.ts';
import type { Side } from '../../sides/side.ts';
import { gaussianBiasConstant } from '../../theory/gaussian-moments.ts';

/** Eigenvalues, ascending, of a side's covariance. @throws StudyError below two rows */
export async function spectrumOfSide(side: Side, algebra: LinearAlgebra): Promise<Float64Array> {
  const covariance =
    side.kind === 'statistics'
      ? side.statistics.covariance
      : (await momentsOfFeatures(side, algebra)).covariance.data;
  return algebra.symmetricEigenvalues(covariance, side.dimension);
}

/**
 * Gaussian bias constant of a generator whose distribution is that of this side: P = Q, so that s_i
 * are the eigenvalues of its covariance.
 *
 * @param spectrum of the covariance
 */
export function spectrumBiasConstant(spectrum: Float64Array): number {
  const trace = spectrum.reduce((total, value) => total + value, 0);
  return gaussianBiasConstant(trace, spectrum);
}
