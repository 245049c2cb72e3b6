import { StudyError } from '../errors.ts';
import { type Instance, KERNEL_BASE, keepKernel, takeKernel } from '../kernels/shared.ts';
import {
  type BlockColumn,
  blockColumns,
  copyToBlockColumns,
  sizeOfBlockColumns,
  subtractSquare,
} from './block-columns.ts';
import type { Gemm } from './gemm.ts';
import { type Conditioned, conditionSymmetric } from './symmetric.ts';

interface Kernel {
  factorDefinite(n: number, columns: number, a: number, stride: number, work: number): number;
}

/** Columns in a panel of the kernel, for the size of its work space. */
const PANEL = 64;

/**
 * The Cholesky factor L (n × n, row-major, zeros above the diagonal) of a positive definite matrix:
 * a = L Lᵀ. A kernel factors block columns, and products update those that follow.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @throws StudyError when a is not positive definite to working precision, too short, or holds NaN
 *   or an infinity
 */
export async function choleskyFactor(
  a: Float64Array,
  n: number,
  gemm: Gemm,
): Promise<Float64Array> {
  const conditioned = conditionSymmetric(a, n);
  const lower = new Float64Array(n * n);
  const scale = 1 / Math.sqrt(conditioned.factor);
  const pivot = await factorBlocks(a, n, conditioned, gemm, 0, (columns, padding) => {
    for (const { start, width, values } of columns) {
      for (let i = Math.max(start, padding); i < padding + n; i++) {
        const from = (i - start) * width;
        const to = (i - padding) * n + start - padding;
        const end = Math.min(width, i - start + 1);
        for (let j = Math.max(0, padding - start); j < end; j++) {
          lower[to + j] = values[from + j]! * scale;
        }
      }
    }
  });
  if (pivot === null) return lower;
  throw new StudyError(
    `a ${n} × ${n} matrix is not positive definite: pivot ${pivot} is not positive`,
    'a covariance needs more samples than dimensions; semidefiniteFactor takes any',
  );
}

/** Whether a + shift I has a Cholesky factor. Parameters and errors as above. */
export async function isDefinite(
  a: Float64Array,
  n: number,
  gemm: Gemm,
  shift = 0,
): Promise<boolean> {
  return (await factorBlocks(a, n, conditionSymmetric(a, n), gemm, shift, () => {})) === null;
}

/**
 * Factors the rows of a matrix that are not zero, and hands over the blocks; or returns the first pivot
 * that is not positive.
 */
async function factorBlocks(
  a: Float64Array,
  n: number,
  conditioned: Conditioned,
  gemm: Gemm,
  shift: number,
  use: (columns: readonly BlockColumn[], padding: number) => void,
): Promise<number | null> {
  const { rows } = conditioned;
  // Once it is shifted a zero row is definite, and the others do not know of it.
  if (rows.length < n && !(shift > 0)) {
    const zero = rows.findIndex((row, i) => row !== i);
    return zero < 0 ? rows.length : zero;
  }
  const order = (rows.length + 3) & ~3;
  const work = KERNEL_BASE + 8 * sizeOfBlockColumns(order);
  const instance = takeKernel<Kernel>('cholesky', work + 8 * PANEL * order);
  try {
    const columns = blockColumns(instance.memory, KERNEL_BASE, order);
    const padding = copyToBlockColumns(a, n, conditioned, columns, shift);
    const [first] = columns;
    for (let i = 0; i < padding; i++) first!.values[i * first!.width + i] = 1;
    const failed = await factorColumns(instance, order, columns, work, gemm);
    if (failed >= 0) return failed - padding;
    use(columns, padding);
    return null;
  } finally {
    keepKernel('cholesky', instance);
  }
}

/** Returns the row whose pivot is not positive, or −1. */
async function factorColumns(
  { exports }: Instance<Kernel>,
  order: number,
  columns: readonly BlockColumn[],
  work: number,
  gemm: Gemm,
): Promise<number> {
  for (const [k, { start, width, values }] of columns.entries()) {
    const at = values.byteOffset;
    const failed = exports.factorDefinite(order - start, width, at, 8 * width, work);
    if (failed >= 0) return start + failed;
    const below = values.subarray(width * width);
    await subtractSquare(columns.slice(k + 1), start + width, below, width, gemm);
  }
  return -1;
}
