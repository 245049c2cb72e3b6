import type { Gemm, Matrix } from './gemm.ts';
import { panelsOf } from './panels.ts';
import { LINE } from './transpose.ts';

/** If panels hold more than this part of a matrix, skipping their zeros is not worth reordering. */
const DENSE = 0.8;
/**
 * Fewest rows multiplied together, padded with zeros: with fewer than 33 rows onnxruntime sums over the
 * inner dimension in longer pieces, and a row would get different bits.
 */
const FEWEST = 64;

/**
 * Z · M for rows Z [n, d] and any M [d, r], without the zeros of M's panels: about half of the
 * operations if M is a pivoted Cholesky factor.
 */
export async function factorProduct(z: Matrix, m: Matrix, gemm: Gemm): Promise<Matrix> {
  const { order, panels } = panelsOf(m);
  const kept = panels.reduce((sum, { values }) => sum + values.data.length, 0);
  if (kept > DENSE * m.data.length) return gemm.multiply(z, m);
  if (z.rows === 0) return { data: new Float64Array(0), rows: 0, columns: m.columns };
  const n = Math.max(z.rows, FEWEST);
  const columns = transposed(z.data, z.rows, z.columns, n, order);
  const products = new Float64Array(n * m.columns);
  for (const { column, start, values } of panels) {
    const rest = { data: columns.subarray(start * n), rows: m.rows - start, columns: n };
    const out = products.subarray(column * n, (column + values.rows) * n);
    await gemm.multiply(values, rest, { out });
  }
  const inOrder = Int32Array.from({ length: z.rows }, (_, row) => row);
  const data = transposed(products, m.columns, n, m.columns, inOrder);
  return { data, rows: z.rows, columns: m.columns };
}

/**
 * The transpose of the first `rows` rows and some columns of a matrix, in the given order: row j of the
 * result is column `order[j]`.
 *
 * @param from numbers from row to row of `data`
 * @param to numbers from row to row of the result
 */
function transposed(
  data: Float64Array,
  rows: number,
  from: number,
  to: number,
  order: Int32Array,
): Float64Array {
  const out = new Float64Array(to * order.length);
  for (let top = 0; top < rows; top += LINE) {
    const end = Math.min(top + LINE, rows);
    for (let j = 0; j < order.length; j++) {
      for (let i = top, k = top * from + order[j]!; i < end; i++, k += from)
        out[j * to + i] = data[k]!;
    }
  }
  return out;
}
