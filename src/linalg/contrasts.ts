import type { Matrix } from './gemm.ts';

/**
 * Turns N rows into N − 1 rows of mean-free contrasts with the same scatter about the mean:
 * Yᵀ Y = Σ (z − z̄)(z − z̄)ᵀ. It is the Householder reflection that sends (1, …, 1)/√N to the first
 * axis, without that axis' row. Centring alone would leave N rows of rank N − 1, whose Gram matrix
 * has a zero eigenvalue that rounding turns into 1e-17, and its square root into an error of 1e-9.
 *
 * @param z rows [N, d], N ≥ 2; not modified
 * @param mean z̄ [d]
 */
export function contrasts(z: Matrix, mean: Float64Array): Matrix {
  const { rows, columns } = z;
  const data = new Float64Array((rows - 1) * columns);
  // Of centred rows c the reflection leaves c_k + c_1 / (√N − 1) for k ≥ 2.
  const shift = mean.map((value, j) => value - (z.data[j]! - value) / (Math.sqrt(rows) - 1));
  for (let i = 1, k = columns, out = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[out++] = z.data[k++]! - shift[j]!;
  }
  return { data, rows: rows - 1, columns };
}

/** Mean [d] of the rows of a matrix. */
export function columnMeans({ data, rows, columns }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) mean[j]! += data[k++]!;
  }
  return mean.map((value) => value / rows);
}
