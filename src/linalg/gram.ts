import type { Gemm, Matrix } from './gemm.ts';

/** Rows whose products are computed together: 56 % of the full matrix at 2,048 rows. */
export const PANEL = 256;

/** W Wᵀ of rows W [n, r]: [n, n], of which only the lower triangle is filled in. */
export async function lowerGram(w: Matrix, gemm: Gemm): Promise<Matrix> {
  const { rows: n, columns: r } = w;
  if (n <= PANEL) return gemm.multiply(w, w, { transposeB: true });
  const out = new Float64Array(n * n);
  const results = new Float64Array(n * PANEL);
  for (let start = 0; start < n; start += PANEL) {
    const rest = { data: w.data.subarray(start * r), rows: n - start, columns: r };
    const panel = { ...rest, rows: Math.min(PANEL, n - start) };
    const { data, rows, columns } = await gemm.multiply(rest, panel, {
      transposeB: true,
      out: results,
    });
    for (let i = 0; i < rows; i++) {
      out.set(data.subarray(i * columns, (i + 1) * columns), (start + i) * n + start);
    }
  }
  return { data: out, rows: n, columns: n };
}
