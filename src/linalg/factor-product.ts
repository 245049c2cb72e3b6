import type { Gemm, Matrix } from './gemm.ts';
import { panelsOf } from './panels.ts';

/** Part of a matrix, in numbers, from which its panels' zeros are not worth the reordering. */
const DENSE = 0.8;
/** Rows transposed together: whole cache lines are written. */
const LINE = 16;
/**
 * Rows multiplied together at least, the missing ones as zeros: of fewer than 33 onnxruntime sums over
 * the inner dimension in longer pieces, and a row would be of other bits than among others.
 */
const FEWEST = 64;

/**
 * Z · M for rows Z [n, d] and any M [d, r], without the zeros of M's panels: about half of the
 * operations where M is a pivoted Cholesky factor.
 */
export async function factorProduct(z: Matrix, m: Matrix, gemm: Gemm): Promise<Matrix> {
  const { order, panels } = panelsOf(m);
  const kept = panels.reduce((sum, { values }) => sum + values.data.length, 0);
  if (kept > DENSE * m.data.length) return gemm.multiply(z, m);
  if (z.rows === 0) return { data: new Float64Array(0), rows: 0, columns: m.columns };
  const n = Math.max(z.rows, FEWEST);
  const columns = transposedColumns(z, order, n);
  const products = new Float64Array(n * m.columns);
  for (const { column, start, values } of panels) {
    const rest = { data: columns.subarray(start * n), rows: m.rows - start, columns: n };
    const out = products.subarray(column * n, (column + values.rows) * n);
    await gemm.multiply(values, rest, { out });
  }
  return { data: transposed(products, n, z.rows, m.columns), rows: z.rows, columns: m.columns };
}

/** Zᵀ with its rows in another order, each of `stride` numbers. */
function transposedColumns(
  { data, rows, columns }: Matrix,
  order: Int32Array,
  stride: number,
): Float64Array {
  const out = new Float64Array(stride * columns);
  for (let top = 0; top < rows; top += LINE) {
    const end = Math.min(top + LINE, rows);
    for (let j = 0; j < columns; j++) {
      for (let i = top, from = top * columns + order[j]!; i < end; i++, from += columns) {
        out[j * stride + i] = data[from]!;
      }
    }
  }
  return out;
}

/** The first `rows` columns of a matrix [columns, stride], as rows [rows, columns]. */
function transposed(
  data: Float64Array,
  stride: number,
  rows: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let top = 0; top < rows; top += LINE) {
    const end = Math.min(top + LINE, rows);
    for (let j = 0; j < columns; j++) {
      for (let i = top; i < end; i++) out[i * columns + j] = data[j * stride + i]!;
    }
  }
  return out;
}
