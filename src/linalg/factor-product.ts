import type { Gemm, Matrix } from './gemm.ts';
import { panelsOf } from './panels.ts';

/** Part of a matrix, in numbers, from which its panels' zeros are not worth the reordering. */
const DENSE = 0.8;
/** Rows transposed together: whole cache lines are written. */
const LINE = 16;

/**
 * Z · M for rows Z [n, d] and any M [d, r], without the zeros of M's panels: about half of the
 * operations where M is a pivoted Cholesky factor.
 */
export async function factorProduct(z: Matrix, m: Matrix, gemm: Gemm): Promise<Matrix> {
  const { order, panels } = panelsOf(m);
  const kept = panels.reduce((sum, { values }) => sum + values.data.length, 0);
  if (kept > DENSE * m.data.length) return gemm.multiply(z, m);
  const n = z.rows;
  const columns = transposedColumns(z, order);
  const products = new Float64Array(n * m.columns);
  for (const { column, start, values } of panels) {
    const rest = { data: columns.subarray(start * n), rows: m.rows - start, columns: n };
    const out = products.subarray(column * n, (column + values.rows) * n);
    await gemm.multiply(values, rest, { out });
  }
  return { data: transposed(products, m.columns, n), rows: n, columns: m.columns };
}

/** Zᵀ with its rows in another order. */
function transposedColumns({ data, rows, columns }: Matrix, order: Int32Array): Float64Array {
  const out = new Float64Array(data.length);
  for (let top = 0; top < rows; top += LINE) {
    const end = Math.min(top + LINE, rows);
    for (let j = 0; j < columns; j++) {
      for (let i = top, from = top * columns + order[j]!; i < end; i++, from += columns) {
        out[j * rows + i] = data[from]!;
      }
    }
  }
  return out;
}

/** Columns [n, r] of rows [r, n]. */
function transposed(data: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let top = 0; top < columns; top += LINE) {
    const end = Math.min(top + LINE, columns);
    for (let i = 0; i < rows; i++) {
      for (let j = top; j < end; j++) out[j * rows + i] = data[i * columns + j]!;
    }
  }
  return out;
}
