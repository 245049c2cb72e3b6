import { type Instance, KERNEL_BASE, keepKernel, takeKernel } from '../kernels/shared.ts';
import type { Eigen } from './algebra.ts';
import { tridiagonalEigen } from './divide-and-conquer.ts';
import type { Gemm } from './gemm.ts';
import { BLOCK, type Reflecting, reflectAll } from './reflections.ts';
import { type QlKernel, smallEigen } from './small-eigen.ts';
import { conditionSymmetric, copyConditioned } from './symmetric.ts';
import { transpose } from './transpose.ts';

interface Kernel extends Reflecting, QlKernel {
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

/** Work space: rows of the matrix, and what blocks of reflections and the rotations of QL need besides. */
const WORK_ROWS = 2 * BLOCK;
const WORK_MORE = 2 ** 22;

/**
 * Eigenvalues, ascending, and eigenvectors of a symmetric matrix: a = V diag(values) Vᵀ with V
 * orthogonal, both to a few n · EPS.
 *
 * As `symmetricEigenvalues`, but the tridiagonal matrix is solved by divide and conquer, and the reflections
 * are applied to its eigenvectors: both are products.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @returns `vectors` is V, n × n, row-major: column j belongs to values[j]
 * @throws StudyError when a is too short or holds NaN or an infinity
 */
export async function symmetricEigen(a: Float64Array, n: number, gemm: Gemm): Promise<Eigen> {
  const conditioned = conditionSymmetric(a, n);
  const { rows, factor } = conditioned;
  const size = rows.length;
  if (size === 0) return withZeroRows(n, rows, new Float64Array(0), new Float64Array(0));
  const order = (size + 3) & ~3;
  const stride = 8 * (order + 8);
  const d = KERNEL_BASE + stride * order;
  const [e, taus, work] = [d + stride, d + 2 * stride, d + 3 * stride];
  const bytes = work + WORK_ROWS * stride + WORK_MORE;
  const instance: Instance<Kernel> = takeKernel('eigenvectors', bytes);
  try {
    const { exports, memory } = instance;
    const matrix = new Float64Array(memory.buffer, KERNEL_BASE, (stride / 8) * order);
    const padding = copyConditioned(a, n, conditioned, matrix, stride / 8);
    exports.tridiagonalise(order, KERNEL_BASE, stride, d, e, taus, work);
    const part = (at: number) => new Float64Array(memory.buffer, at, order).slice(padding);
    const { values, vectors } = await tridiagonalEigen(part(d), part(e), gemm, (diagonal, beside) =>
      smallEigen(instance, diagonal, beside, work),
    );
    const columns = intoColumns(vectors, size, padding);
    await reflectAll(instance, { order, at: KERNEL_BASE, stride, taus, work }, columns, gemm);
    for (let k = 0; k < size; k++) values[k]! /= factor;
    return withZeroRows(n, rows, values, columns.data.subarray(padding * size));
  } finally {
    keepKernel('eigenvectors', instance);
  }
}

/** The eigenvectors as columns, behind `padding` zero rows. */
function intoColumns(vectors: Float64Array, size: number, padding: number) {
  const data = new Float64Array((size + padding) * size);
  transpose({ data: vectors, rows: size, columns: size }, data.subarray(padding * size));
  return { data, rows: size + padding, columns: size };
}

/** Puts back the zero rows that were set aside, each with a unit vector, by the order of eigenvalues. */
function withZeroRows(n: number, rows: Int32Array, found: Float64Array, data: Float64Array): Eigen {
  const size = rows.length;
  if (size === n) return { values: found, vectors: data };
  const kept = new Set(rows);
  const zeros = Array.from({ length: n }, (_, i) => i).filter((i) => !kept.has(i));
  const value = (k: number) => found[k] ?? 0;
  const sorted = Array.from({ length: n }, (_, k) => k).sort(
    (x, y) => value(x) - value(y) || x - y,
  );
  const column = new Int32Array(n);
  for (const [j, k] of sorted.entries()) column[k] = j;
  const vectors = new Float64Array(n * n);
  for (const [i, row] of rows.entries()) {
    for (let k = 0; k < size; k++) vectors[row * n + column[k]!] = data[i * size + k]!;
  }
  for (const [z, row] of zeros.entries()) vectors[row * n + column[size + z]!] = 1;
  return { values: Float64Array.from(sorted, value), vectors };
}
