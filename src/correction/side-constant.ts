import { gaussianBiasConstant } from '../estimators/gaussian-moments.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { momentsOfFeatures } from '../sources/features.ts';
import type { Side } from '../sources/side.ts';

/**
 * Gaussian bias constant of a generator whose distribution is that of this side: P = Q, so that s_i
 * are the eigenvalues of its covariance.
 *
 * @throws StudyError below two rows
 */
export async function sideBiasConstant(side: Side, algebra: LinearAlgebra): Promise<number> {
  const covariance =
    side.kind === 'statistics'
      ? side.statistics.covariance
      : (await momentsOfFeatures(side, algebra)).covariance.data;
  const eigenvalues = algebra.symmetricEigenvalues(covariance, side.dimension);
  const trace = eigenvalues.reduce((total, value) => total + value, 0);
  return gaussianBiasConstant(trace, eigenvalues);
}
