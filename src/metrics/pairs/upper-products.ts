import type { Gemm, Matrix } from '../../linalg/gemm.ts';

/** Rows of a strip: thinner ones would compute less, and be slower products. */
const STRIP = 512;

/**
 * The products x_iᵀ x_j of rows [n, d] with j ≥ i, in `out` [n, n], by strips of rows that end at the
 * right edge: 5/8 of the work for 2,048 rows. What lies below the diagonal is undefined.
 */
export async function upperProducts(
  x: Matrix<Float32Array>,
  gemm: Gemm,
  out: Float32Array,
): Promise<void> {
  const { rows: n, columns: d } = x;
  if (n < 2 * STRIP) {
    await gemm.multiply(x, x, { transposeB: true, out });
    return;
  }
  const strip = new Float32Array(2 * STRIP * n);
  for (let start = 0; start < n; ) {
    const rest = n - start;
    // No strip is thinner than the others: the bits of very thin products are other ones.
    const rows = rest < 2 * STRIP ? rest : STRIP;
    const [left, right] = [part(x, start, rows), part(x, start, rest)];
    await gemm.multiply(left, right, { transposeB: true, out: strip });
    for (let row = 0; row < rows; row++) {
      out.set(strip.subarray(row * rest, (row + 1) * rest), (start + row) * n + start);
    }
    start += rows;
  }

  function part({ data }: Matrix<Float32Array>, first: number, rows: number) {
    return { data: data.subarray(first * d, (first + rows) * d), rows, columns: d };
  }
}
