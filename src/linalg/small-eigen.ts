import type { Instance } from '../kernels/shared.ts';
import type { Eigenpairs } from './eigenpairs.ts';

/** The part of the kernel that solves small tridiagonal matrices. */
export interface QlKernel {
  toStrips(n: number, rows: number, stride: number, strips: number): void;
  implicitQl(first: number, n: number, d: number, e: number, vectors: number, work: number): number;
}

/** Rows of a strip of eigenvectors in the kernel. */
const STRIP = 16;

/**
 * Eigenpairs of a small tridiagonal matrix by implicit QL, ascending.
 *
 * @param work where the kernel has 5 · n² numbers, and 3 MB for rotations
 */
export function smallEigen(
  { exports, memory }: Instance<QlKernel>,
  diagonal: Float64Array,
  beside: Float64Array,
  work: number,
): Eigenpairs {
  const n = diagonal.length;
  const padded = Math.ceil(n / STRIP) * STRIP;
  const [d, e, unit] = [work, work + 8 * (n + 2), work + 16 * (n + 2)];
  const strips = unit + 8 * n * n;
  const rotations = strips + 8 * n * padded;
  const at = (from: number, count: number) => new Float64Array(memory.buffer, from, count);
  at(d, n).set(diagonal);
  at(e, n).fill(0);
  at(e, n).set(beside.subarray(0, n - 1));
  const identity = at(unit, n * n).fill(0);
  for (let i = 0; i < n; i++) identity[i * (n + 1)] = 1;
  exports.toStrips(n, unit, 8 * n, strips);
  const failed = exports.implicitQl(0, n, d, e, strips, rotations);
  if (failed > 0) throw new Error(`${failed} of ${n} eigenvalues did not converge`);
  const found = at(d, n);
  const order = Array.from(found.keys()).sort((i, k) => found[i]! - found[k]! || i - k);
  const rotated = at(strips, n * padded);
  const vectors = new Float64Array(n * n);
  for (const [k, column] of order.entries()) {
    for (let i = 0; i < n; i++) {
      const strip = (i - (i % STRIP)) * n + (i % STRIP);
      vectors[k * n + i] = rotated[strip + column * STRIP]!;
    }
  }
  return { values: Float64Array.from(order, (k) => found[k]!), vectors };
}
