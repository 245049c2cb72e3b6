import { KERNEL_BASE, sharedKernel } from '../kernels/shared.ts';
import { conditionSymmetric, copyConditioned } from './symmetric.ts';

interface Kernel {
  tridiagonalise(
    n: number,
    a: number,
    stride: number,
    d: number,
    e: number,
    taus: number,
    work: number,
  ): void;
  rootFreeQl(n: number, d: number, e: number): number;
}

/**
 * Eigenvalues, ascending, of a symmetric matrix.
 *
 * Zero rows are set aside, the rest is scaled to max |a| < 1, reduced to tridiagonal form by blocked
 * Householder reflections and solved by root-free QL, in WebAssembly. Errors are a few EPS·‖a‖,
 * whatever the size of the eigenvalue: small eigenvalues of a matrix with large ones are absolute.
 *
 * @param a n × n, row-major; only its lower triangle is read. It is not modified.
 * @throws StudyError when a is too short or holds NaN or an infinity.
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  const conditioned = conditionSymmetric(a, n);
  const size = conditioned.rows.length;
  const values = new Float64Array(n);
  if (size === 0) return values;

  const stride = ((size + 3) & ~3) + 8;
  const matrix = KERNEL_BASE;
  const d = matrix + 8 * stride * (stride - 8);
  const [e, taus, work] = [d + 8 * stride, d + 16 * stride, d + 24 * stride];
  const bytes = work + 8 * stride * 6 * 36;
  const { exports, memory } = sharedKernel<Kernel>('eigenvalues', bytes);
  copyConditioned(a, n, conditioned, new Float64Array(memory.buffer, matrix), stride);
  exports.tridiagonalise(size, matrix, 8 * stride, d, e, taus, work);
  const failed = exports.rootFreeQl(size, d, e);
  if (failed > 0) throw new Error(`${failed} eigenvalues of ${n} did not converge`);

  values.set(new Float64Array(memory.buffer, d, size));
  for (let i = 0; i < size; i++) values[i]! /= conditioned.factor;
  return values.sort();
}
