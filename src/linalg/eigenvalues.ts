import { KERNEL_BASE, sharedKernel } from '../kernels/shared.ts';
import { type Conditioned, conditionSymmetric, copyConditioned } from './symmetric.ts';

/** The part of the kernel that both reductions to tridiagonal form use. */
export interface TridiagonalKernel {
  rootFreeQl(n: number, d: number, e: number): number;
}

interface Kernel extends TridiagonalKernel {
  tridiagonalise(
    n: number,
    a: number,
    stride: number,
    d: number,
    e: number,
    taus: number,
    work: number,
  ): void;
}

/** Work space of the reduction: rows of the matrix. */
const WORK_ROWS = 192;

/**
 * Eigenvalues, ascending, of a symmetric matrix.
 *
 * Zero rows are set aside, the rest is scaled to max |a| < 1, reduced to tridiagonal form by blocked
 * Householder reflections and solved by root-free QL, in WebAssembly. Errors are a few EPS · ‖a‖
 * whatever the size of the eigenvalue: small ones among large ones are not relatively accurate.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @throws StudyError when a is too short or holds NaN or an infinity
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  const conditioned = conditionSymmetric(a, n, true);
  const size = conditioned.rows.length;
  if (size === 0) return new Float64Array(n);

  const order = (size + 3) & ~3;
  // Not a power of two, or rows would share cache sets.
  const stride = 8 * (order + 8);
  const d = KERNEL_BASE + stride * order;
  const [e, taus, work] = [d + stride, d + 2 * stride, d + 3 * stride];
  const bytes = work + WORK_ROWS * stride;
  const { exports, memory } = sharedKernel<Kernel>('eigenvalues', bytes);
  const target = new Float64Array(memory.buffer, KERNEL_BASE);
  const padding = copyConditioned(a, n, conditioned, target, stride / 8);
  exports.tridiagonalise(order, KERNEL_BASE, stride, d, e, taus, work);
  return eigenvaluesOfTridiagonal({ exports, memory, d, e, padding }, n, conditioned);
}

/**
 * Solves the tridiagonal matrix that a reduction has left at d and e in the kernel, behind `padding`
 * zero rows; the n eigenvalues in the scale of the matrix it comes from, ascending.
 */
export function eigenvaluesOfTridiagonal(
  at: {
    readonly exports: TridiagonalKernel;
    readonly memory: WebAssembly.Memory;
    readonly d: number;
    readonly e: number;
    readonly padding: number;
  },
  n: number,
  { rows, factor }: Conditioned,
): Float64Array {
  const size = rows.length;
  const d = at.d + 8 * at.padding;
  const failed = at.exports.rootFreeQl(size, d, at.e + 8 * at.padding);
  if (failed > 0) throw new Error(`${failed} eigenvalues of a ${n} × ${n} matrix did not converge`);
  const values = new Float64Array(n);
  values.set(new Float64Array(at.memory.buffer, d, size));
  for (let i = 0; i < size; i++) values[i]! /= factor;
  return values.sort();
}
