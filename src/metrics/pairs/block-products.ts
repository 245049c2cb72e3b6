import type { Gemm, Matrix } from '../../linalg/gemm.ts';

/**
 * Rows multiplied at a time. onnxruntime reads 128 values of each of them for every panel of columns:
 * those of 512 rows stay in a cache of 512 KiB, those of 2,048 do not (66 instead of 78 GFLOP/s).
 */
const STRIP = 512;

/**
 * The products x_iᵀ y_j of two blocks of rows, [m, d] and [n, d], in `out` [m, n].
 *
 * @param isDiagonal whether both are one block: only j ≥ i is computed, by strips of rows that end at
 *   the right edge, 5/8 of the work for 2,048 rows; what lies below is undefined
 */
export async function blockProducts(
  x: Matrix<Float32Array>,
  y: Matrix<Float32Array>,
  gemm: Gemm,
  out: Float32Array,
  isDiagonal: boolean,
): Promise<void> {
  const [m, n] = [x.rows, y.rows];
  // Strips of like sizes: the bits of very thin products are other ones.
  const strips = Math.max(1, Math.round(m / STRIP));
  const start = (strip: number) => Math.floor((strip * m) / strips);
  const memory = isDiagonal && strips > 1 ? new Float32Array(start(1) * n + n) : null;
  for (let strip = 0; strip < strips; strip++) {
    const [first, rows] = [start(strip), start(strip + 1) - start(strip)];
    const left = part(x, first, rows);
    const skipped = memory ? first : 0;
    if (skipped === 0) {
      await gemm.multiply(left, y, { transposeB: true, out: out.subarray(first * n) });
      continue;
    }
    const width = n - skipped;
    await gemm.multiply(left, part(y, skipped, width), { transposeB: true, out: memory! });
    for (let row = 0; row < rows; row++) {
      out.set(memory!.subarray(row * width, (row + 1) * width), (first + row) * n + skipped);
    }
  }
}

function part({ data, columns }: Matrix<Float32Array>, first: number, rows: number) {
  return { data: data.subarray(first * columns, (first + rows) * columns), rows, columns };
}
