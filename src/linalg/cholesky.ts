import { StudyError } from '../errors.ts';
import { KERNEL_BASE, releaseKernel, sharedKernel } from '../kernels/shared.ts';
import { conditionSymmetric, copyConditioned } from './symmetric.ts';

interface Kernel {
  factorDefinite(n: number, a: number, stride: number, work: number): number;
  factorSemidefinite(
    n: number,
    a: number,
    stride: number,
    limits: number,
    factor: number,
    indices: number,
    work: number,
  ): number;
}

/** Columns in a panel of the kernels, for the size of their work space. */
const PANEL = 64;
/** The kernel frees more memory than this, in bytes, after use. */
const LARGE = 2 ** 24;

/**
 * The Cholesky factor L (n × n, row-major, zeros above the diagonal) of a positive definite matrix:
 * a = L Lᵀ.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @throws StudyError when a is not positive definite to working precision, too short, or holds NaN
 *   or an infinity
 */
export function choleskyFactor(a: Float64Array, n: number): Float64Array {
  const conditioned = conditionSymmetric(a, n);
  const { rows, factor } = conditioned;
  if (rows.length < n)
    throw notDefinite(
      n,
      rows.findIndex((row, i) => row !== i),
      rows.length,
    );

  const order = (n + 3) & ~3;
  const stride = 8 * (order + 8);
  const work = KERNEL_BASE + stride * order;
  const { exports, memory } = sharedKernel<Kernel>('cholesky', work + 8 * PANEL * order);
  const matrix = new Float64Array(memory.buffer, KERNEL_BASE);
  const padding = copyConditioned(a, n, conditioned, matrix, stride / 8);
  for (let i = 0; i < padding; i++) matrix[(i * stride) / 8 + i] = 1;
  const failed = exports.factorDefinite(order, KERNEL_BASE, stride, work);
  if (failed >= 0) throw notDefinite(n, failed - padding, n);

  const lower = new Float64Array(n * n);
  const scale = 1 / Math.sqrt(factor);
  for (let i = 0; i < n; i++) {
    const from = ((i + padding) * stride) / 8 + padding;
    for (let j = 0; j <= i; j++) lower[i * n + j] = matrix[from + j]! * scale;
  }
  return lower;
}

function notDefinite(n: number, row: number, rows: number): StudyError {
  return new StudyError(
    `a ${n} × ${n} matrix is not positive definite: pivot ${row < 0 ? rows : row} is not positive`,
    'a covariance needs more samples than dimensions; semidefiniteFactor takes any',
  );
}

/**
 * A factor F (n × rank, row-major) of a positive semi-definite matrix, a = F Fᵀ to rounding, by
 * Cholesky with complete pivoting. The rank is the number of pivots above n · EPS · aᵢᵢ, each compared
 * with its own diagonal entry: LAPACK's dpstrf takes the largest entry for all, and so drops directions
 * of a graded matrix that are small but exact. F's rows are in a's order, those of a lower triangle
 * permuted; its columns come by falling pivot.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @throws StudyError when a has a clearly negative diagonal or remainder, is too short, or holds NaN
 *   or an infinity
 */
export function semidefiniteFactor(
  a: Float64Array,
  n: number,
): { factor: Float64Array; rank: number } {
  const conditioned = conditionSymmetric(a, n);
  const { rows, factor: power } = conditioned;
  const size = rows.length;
  if (size === 0) return { factor: new Float64Array(0), rank: 0 };

  const order = (size + 3) & ~3;
  const stride = 8 * (order + 8);
  const target = KERNEL_BASE + stride * order;
  const indices = target + stride * order;
  const limits = indices + stride;
  const work = limits + stride;
  const bytes = work + (3 * PANEL + 1) * stride;
  const { exports, memory } = sharedKernel<Kernel>('cholesky', bytes);
  const matrix = new Float64Array(memory.buffer, KERNEL_BASE, (stride / 8) * order);
  const columns = new Float64Array(memory.buffer, target, (stride / 8) * order).fill(0);
  const padding = copyConditioned(a, n, conditioned, matrix, stride / 8);
  const limit = new Float64Array(memory.buffer, limits, order).fill(0);
  for (let i = padding; i < order; i++) {
    limit[i] = n * Number.EPSILON * Math.abs(matrix[i * (stride / 8 + 1)]!);
  }
  const tolerance = limit.reduce((max, x) => Math.max(max, x), 0);
  const rank = exports.factorSemidefinite(
    order,
    KERNEL_BASE,
    stride,
    limits,
    target,
    indices,
    work,
  );
  const remainder = new Float64Array(memory.buffer, work, order);
  const lowest = remainder.reduce((min, x) => Math.min(min, x), 0);
  // Rounding leaves a few tolerances; an indefinite matrix leaves more, or has no pivot at all.
  if (lowest < -100 * tolerance) throw notSemidefinite(n, lowest / power);

  const factor = new Float64Array(n * rank);
  const scale = 1 / Math.sqrt(power);
  rows.forEach((row, i) => {
    const from = ((padding + i) * stride) / 8;
    for (let k = 0; k < rank; k++) factor[row * rank + k] = columns[from + k]! * scale;
  });
  // A reference is factored once: a sweep can use the 100 MB.
  if (bytes > LARGE) releaseKernel('cholesky');
  return { factor, rank };
}

function notSemidefinite(n: number, remainder: number): StudyError {
  return new StudyError(
    `a ${n} × ${n} matrix is not positive semi-definite: ${remainder} remains on its diagonal`,
    'a covariance has no negative direction; look for a sign or an index gone wrong, or for float32: of fewer images than dimensions it needs float64',
  );
}
