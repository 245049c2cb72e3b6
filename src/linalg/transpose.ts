import type { Matrix } from './gemm.ts';

/** The transpose of a matrix, in memory of its own. */
export function transpose({ data, rows, columns }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = data[k++]!;
  }
  return { data: out, rows: columns, columns: rows };
}
