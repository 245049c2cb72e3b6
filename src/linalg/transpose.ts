import type { Matrix } from './gemm.ts';

/** Rows or columns transposed together: whole cache lines are written. */
export const LINE = 16;

/**
 * The transpose of a matrix.
 *
 * @param out its memory, at least as long; by default of its own
 */
export function transpose(
  { data, rows, columns }: Matrix,
  out: Float64Array = new Float64Array(rows * columns),
): Matrix {
  for (let left = 0; left < columns; left += LINE) {
    const end = Math.min(left + LINE, columns);
    for (let i = 0; i < rows; i++) {
      for (let j = left, from = i * columns + left; j < end; j++) out[j * rows + i] = data[from++]!;
    }
  }
  return { data: out, rows: columns, columns: rows };
}
