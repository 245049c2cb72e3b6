import type { Gemm, Matrix } from '../linalg/gemm.ts';

/** Pairs of rows that τ² is averaged over: its relative standard error is about √(2/pairs). */
export const PAIRS = 2048;

/** G_ij = s_i s_j / (s_i + s_j) */
export function pairwise(roots: Float64Array): Float64Array {
  const rank = roots.length;
  const out = new Float64Array(rank * rank);
  for (let i = 0, k = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++, k++) out[k] = (roots[i]! * roots[j]!) / (roots[i]! + roots[j]!);
  }
  return out;
}

/**
 * h(x, y) of pairs of rows: each with the next, each with the next but one, and so on until there are
 * 2,048 pairs or no more.
 *
 * @param x centred rows [n, d]
 * @param z the same whitened [n, rank]
 * @param kernel G [rank, rank]
 */
export async function kernelOfPairs(
  x: Matrix,
  z: Matrix,
  roots: Float64Array,
  kernel: Matrix,
  gemm: Gemm,
): Promise<Float64Array<ArrayBuffer>> {
  const out = new Float64Array(Math.min(PAIRS, (x.rows * (x.rows - 1)) / 2));
  for (let lag = 1, done = 0; done < out.length; lag++) {
    const count = Math.min(x.rows - lag, out.length - done);
    const u = products(z, count, lag);
    const { data: mapped } = await gemm.multiply(u, kernel);
    for (let i = 0; i < count; i++, done++) {
      let h = 0;
      for (let j = 0, a = i * x.columns, b = a + lag * x.columns; j < x.columns; j++, a++, b++) {
        h += x.data[a]! * x.data[b]!;
      }
      for (let j = 0, k = i * z.columns, b = k + lag * z.columns; j < z.columns; j++, k++, b++) {
        const ends = z.data[k]! ** 2 + z.data[b]! ** 2 - 1;
        // G_jj = s_j / 2
        h += 0.5 * (u.data[k]! * mapped[k]! - 0.5 * roots[j]! * ends);
      }
      out[done] = h;
    }
  }
  return out;
}

/** τ² = E h(x, y)², by pairs of rows; 0 without any. */
export function meanSquare(pairs: Float64Array): number {
  return pairs.reduce((total, h) => total + h * h, 0) / Math.max(1, pairs.length);
}

/** ẑ ∘ ŷ of each of the first rows and the one `lag` after it. */
function products(z: Matrix, count: number, lag: number): Matrix {
  const data = new Float64Array(count * z.columns);
  for (let k = 0, b = lag * z.columns; k < data.length; k++, b++) data[k] = z.data[k]! * z.data[b]!;
  return { data, rows: count, columns: z.columns };
}

/** Σ κ² and Σ κ⁴ of the eigenvalues of h for Gaussian features: s_i, G_ij for i < j, and s_i/2. */
export function kernelPowers(roots: Float64Array): { second: number; fourth: number } {
  let [second, fourth] = [0, 0];
  for (const [i, s] of roots.entries()) {
    second += 1.25 * s ** 2;
    fourth += (1 + 1 / 16) * (s ** 2) ** 2;
    for (let j = 0; j < i; j++) {
      const pair = (s * roots[j]!) / (s + roots[j]!);
      second += pair ** 2;
      fourth += (pair ** 2) ** 2;
    }
  }
  return { second, fourth };
}
