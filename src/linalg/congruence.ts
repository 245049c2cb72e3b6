import type { Gemm, Matrix } from './gemm.ts';
import { PANEL, panelsOf } from './panels.ts';
import { releaseMatrix, takeMatrix } from './spare-matrix.ts';
import { transpose } from './transpose.ts';

/**
 * Mᵀ S M for a symmetric S [d, d] and any M [d, r]; only its lower triangle is filled in. A pivoted
 * Cholesky factor is a triangle with reordered rows: without its zeros, and without half of the
 * symmetric result, the product takes about a quarter of the operations.
 */
export async function symmetricCongruence(m: Matrix, s: Matrix, gemm: Gemm): Promise<Matrix> {
  const { order, panels } = panelsOf(m);
  const d = m.rows;
  const r = m.columns;
  const rest = takeMatrix(d * d);
  permute(s, order, rest);
  const out = new Float64Array(r * r);
  const width = Math.min(PANEL, r);
  const across = new Float64Array(d * width);
  const down = new Float64Array(d * width);
  const results = new Float64Array(r * width);
  let first = 0;
  for (const [j, right] of panels.entries()) {
    // Rows before the panel's first meet zeros only, here and in all panels that follow.
    dropLeading(rest, d - first, right.start - first);
    first = right.start;
    const size = d - first;
    // (S L)ᵀ: onnxruntime multiplies few long rows by a large matrix faster than the other way round.
    const square = { data: rest, rows: size, columns: size };
    const product = await gemm.multiply(right.values, square, { transposeB: true, out: across });
    transpose(product, down);
    const blocks = panels.slice(j).map((left) => {
      const part = {
        data: down.subarray((left.start - first) * product.rows),
        rows: d - left.start,
        columns: product.rows,
      };
      return { a: left.values, b: part, out: results.subarray(left.column * product.rows) };
    });
    await gemm.multiplyAll(blocks);
    for (let row = right.column; row < r; row++) {
      const from = row * product.rows;
      out.set(results.subarray(from, from + product.rows), row * r + right.column);
    }
  }
  releaseMatrix(rest);
  return { data: out, rows: r, columns: r };
}

/** A copy of S with its rows and columns in another order. */
function permute({ data, rows }: Matrix, order: Int32Array, out: Float64Array): void {
  if (order.every((row, i) => row === i)) {
    out.set(data);
    return;
  }
  for (let i = 0, k = 0; i < rows; i++) {
    const start = order[i]! * rows;
    for (let j = 0; j < rows; j++) out[k++] = data[start + order[j]!]!;
  }
}

/** Removes the first `count` rows and columns of a matrix of `size` rows and columns, in place. */
function dropLeading(matrix: Float64Array, size: number, count: number): void {
  if (count === 0) return;
  const left = size - count;
  for (let i = 0; i < left; i++) {
    const from = (count + i) * size + count;
    matrix.copyWithin(i * left, from, from + left);
  }
}
