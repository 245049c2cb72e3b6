import { StudyError } from '../errors.ts';
import { chiSquare } from './chi-square.ts';
import type { NormalSource } from './normals.ts';
import type { Stream } from './stream.ts';

/**
 * A factor T of a Wishart matrix, T Tᵀ ~ Wishart_d(dof, I): what X Xᵀ would be for a d × dof matrix X
 * of standard normals, at a cost that does not grow with dof. So the covariance of N Gaussian
 * rows is L T Tᵀ Lᵀ / (N − 1), with dof = N − 1 and L Lᵀ the true covariance.
 *
 * T is lower-triangular with chi variables of dof − j degrees of freedom on the diagonal and normals
 * below (Bartlett 1933, Proc. R. Soc. Edinburgh 53, 260–283). For dof < d the matrix has rank dof and T
 * is the lower-trapezoidal d × dof factor.
 *
 * @returns T, row-major `[d, min(d, dof)]`, zeros above the diagonal
 * @throws StudyError if d or dof is not a whole number of at least 1
 */
export function wishartBartlett(
  d: number,
  dof: number,
  normals: NormalSource,
  uniforms: Stream,
): Float64Array {
  if (!Number.isInteger(d) || d < 1) {
    throw new StudyError(
      `invalid dimension; not a whole number of at least 1: ${d}`,
      'give the dimension of the features',
    );
  }
  if (!Number.isInteger(dof) || dof < 1) {
    throw new StudyError(
      `invalid degrees of freedom; not a whole number of at least 1: ${dof}`,
      'give one less than the number of images, which must be two or more',
    );
  }
  const columns = Math.min(d, dof);
  const factor = new Float64Array(d * columns);
  for (let row = 0; row < d; row++) {
    const start = row * columns;
    normals.fill(factor.subarray(start, start + Math.min(row, columns)));
    if (row < columns) factor[start + row] = Math.sqrt(chiSquare(dof - row, normals, uniforms));
  }
  return factor;
}
