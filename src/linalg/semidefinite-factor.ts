import { StudyError } from '../errors.ts';
import { KERNEL_BASE, keepKernel, takeKernel } from '../kernels/shared.ts';
import {
  type BlockColumn,
  blockColumns,
  copyToBlockColumns,
  sizeOfBlockColumns,
  subtractSquare,
} from './block-columns.ts';
import type { Gemm } from './gemm.ts';
import { conditionSymmetric } from './symmetric.ts';

interface Kernel {
  takePivots(
    n: number,
    start: number,
    a: number,
    limits: number,
    indices: number,
    work: number,
  ): number;
  finishPanel(n: number, start: number, a: number, out: number, work: number): void;
}

/** Pivots in a panel of the kernel. */
const PANEL = 128;

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
export async function semidefiniteFactor(
  a: Float64Array,
  n: number,
  gemm: Gemm,
): Promise<{ factor: Float64Array; rank: number }> {
  const conditioned = conditionSymmetric(a, n);
  const { rows } = conditioned;
  if (rows.length === 0) return { factor: new Float64Array(0), rank: 0 };

  const order = (rows.length + 3) & ~3;
  const limits = KERNEL_BASE + 8 * sizeOfBlockColumns(order);
  const indices = limits + 8 * order;
  const panel = indices + 8 * order;
  const work = panel + 8 * PANEL * order;
  const instance = takeKernel<Kernel>('cholesky', work + 8 * (PANEL + 1) * order);
  const { memory, exports } = instance;
  try {
    const columns = blockColumns(memory, KERNEL_BASE, order);
    const padding = copyToBlockColumns(a, n, conditioned, columns);
    const tolerance = fillLimits(
      new Float64Array(memory.buffer, limits, order),
      n,
      columns,
      padding,
    );
    const places = new Int32Array(memory.buffer, indices, order);
    for (let i = 0; i < order; i++) places[i] = i;
    let rank = 0;
    for (;;) {
      const start = rank;
      const taken = exports.takePivots(order, start, KERNEL_BASE, limits, indices, work);
      rank += taken;
      if (taken < PANEL || rank === order) break;
      exports.finishPanel(order, start, KERNEL_BASE, panel, work);
      const below = new Float64Array(memory.buffer, panel, PANEL * (order - rank));
      const later = columns.filter((column) => column.start >= rank);
      await subtractSquare(later, rank, below, PANEL, gemm);
    }
    const remainder = new Float64Array(memory.buffer, work, order).subarray(rank);
    const lowest = remainder.reduce((min, x) => Math.min(min, x), 0);
    // Rounding leaves a few tolerances; an indefinite matrix leaves more, or has no pivot at all.
    if (lowest < -100 * tolerance) throw notSemidefinite(n, lowest / conditioned.factor);
    const scale = 1 / Math.sqrt(conditioned.factor);
    const factor = new Float64Array(n * rank);
    for (const column of columns) {
      if (column.start >= rank) break;
      for (let i = column.start; i < order; i++) {
        const row = rows[places[i]! - padding];
        if (row !== undefined) copyRow(column, i, rank, scale, factor, row * rank);
      }
    }
    return { factor, rank };
  } finally {
    keepKernel('cholesky', instance);
  }
}

/** What a diagonal entry must exceed to be a pivot; returns the largest. */
function fillLimits(
  limits: Float64Array,
  n: number,
  columns: readonly BlockColumn[],
  padding: number,
): number {
  let largest = 0;
  limits.fill(0, 0, padding);
  for (const { start, width, values } of columns) {
    for (let i = Math.max(start, padding); i < start + width; i++) {
      const limit = n * Number.EPSILON * Math.abs(values[(i - start) * (width + 1)]!);
      limits[i] = limit;
      largest = Math.max(largest, limit);
    }
  }
  return largest;
}

/** What row i of a block column has of the factor's row that starts at `to`. */
function copyRow(
  { start, width, values }: BlockColumn,
  i: number,
  rank: number,
  scale: number,
  factor: Float64Array,
  to: number,
): void {
  const from = (i - start) * width;
  const count = Math.min(width, i - start + 1, rank - start);
  for (let j = 0; j < count; j++) factor[to + start + j] = values[from + j]! * scale;
}

function notSemidefinite(n: number, remainder: number): StudyError {
  return new StudyError(
    `a ${n} × ${n} matrix is not positive semi-definite: ${remainder} remains on its diagonal`,
    'a covariance has no negative direction; look for a sign or an index gone wrong, or for float32: of fewer images than dimensions it needs float64',
  );
}
