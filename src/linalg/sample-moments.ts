import type { Matrix } from './gemm.ts';
import type { Block, ScatterSpace } from './scatter-space.ts';

/** Mean and covariance of a sample; the covariance divides by `count − 1`. */
export interface SampleMoments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** Rows and columns mirrored together, so that what is written across the rows shares cache lines. */
const SQUARE = 32;

/**
 * Mean and covariance of `count` rows from their sums.
 *
 * @param out memory for the covariance [d, d]
 * @throws Error with fewer than two rows
 */
export function momentsOf(
  { columnSums, blocks }: Pick<ScatterSpace, 'columnSums' | 'blocks'>,
  count: number,
  out?: Float64Array,
): SampleMoments {
  if (count < 2) throw new Error(`covariance of ${count} rows`);
  const d = columnSums.length;
  const mean = columnSums.map((value) => value / count);
  const data = out ?? new Float64Array(d * d);
  for (const block of blocks) {
    for (let row = 0; row < block.sums.rows; row += SQUARE) {
      for (let column = 0; column < block.sums.columns; column += SQUARE) {
        mirrorSquare(block, row, column, { count, mean, data });
      }
    }
  }
  return { count, mean, covariance: { data, rows: d, columns: d } };
}

/** Writes a square of a block's covariances, and its mirror image. */
function mirrorSquare(
  { top, left, sums }: Block,
  firstRow: number,
  firstColumn: number,
  { count, mean, data }: { count: number; mean: Float64Array; data: Float64Array },
): void {
  const d = mean.length;
  const lastRow = Math.min(firstRow + SQUARE, sums.rows);
  const lastColumn = Math.min(firstColumn + SQUARE, sums.columns);
  for (let row = firstRow; row < lastRow; row++) {
    const x = top + row;
    const shift = count * mean[x]!;
    const end = Math.min(lastColumn, x + 1 - left);
    for (let column = firstColumn; column < end; column++) {
      const y = left + column;
      const sum = sums.data[row * sums.columns + column]!;
      const value = (sum - shift * mean[y]!) / (count - 1);
      data[x * d + y] = value;
      data[y * d + x] = value;
    }
  }
}
