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
  reduceToBand(n: number, a: number, stride: number, work: number): void;
  chaseBulges(n: number, a: number, stride: number, d: number, e: number, work: number): void;
  rootFreeQl(n: number, d: number, e: number): number;
}

/** From this order on the matrix outgrows the second-level cache, and the way over a band is faster. */
const TWO_STAGES_FROM = 1024;

/** Work space that either reduction is content with: rows of the matrix, and bytes besides. */
const WORK_ROWS = 192;
const WORK_MORE = 2 ** 18;

/**
 * Eigenvalues, ascending, of a symmetric matrix.
 *
 * Zero rows are set aside, the rest is scaled to max |a| < 1, reduced to tridiagonal form by blocked
 * Householder reflections (large ones by way of a band) and solved by root-free QL, in WebAssembly.
 * Errors are a few EPS · ‖a‖ whatever the size of the eigenvalue: small ones beside large ones are
 * not relatively accurate.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @param stages of the reduction, 1 or 2; by default what is faster for n
 * @throws StudyError when a is too short or holds NaN or an infinity
 */
export function symmetricEigenvalues(
  a: Float64Array,
  n: number,
  stages: 1 | 2 = n < TWO_STAGES_FROM ? 1 : 2,
): Float64Array {
  const conditioned = conditionSymmetric(a, n, true);
  const size = conditioned.rows.length;
  const values = new Float64Array(n);
  if (size === 0) return values;

  const order = (size + 3) & ~3;
  // Not a power of two: rows would share their sets of the cache.
  const stride = 8 * (order + 8);
  const d = KERNEL_BASE + stride * order;
  const [e, taus, work] = [d + stride, d + 2 * stride, d + 3 * stride];
  const bytes = work + WORK_ROWS * stride + WORK_MORE;
  const { exports, memory } = sharedKernel<Kernel>('eigenvalues', bytes);
  const target = new Float64Array(memory.buffer, KERNEL_BASE);
  const padding = copyConditioned(a, n, conditioned, target, stride / 8);
  if (stages === 1) {
    exports.tridiagonalise(order, KERNEL_BASE, stride, d, e, taus, work);
  } else {
    exports.reduceToBand(order, KERNEL_BASE, stride, work);
    exports.chaseBulges(order, KERNEL_BASE, stride, d, e, work);
  }
  const failed = exports.rootFreeQl(size, d + 8 * padding, e + 8 * padding);
  if (failed > 0) throw new Error(`${failed} eigenvalues of a ${n} × ${n} matrix did not converge`);

  values.set(new Float64Array(memory.buffer, d + 8 * padding, size));
  for (let i = 0; i < size; i++) values[i]! /= conditioned.factor;
  return values.sort();
}
