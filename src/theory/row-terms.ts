import type { Gemm } from '../linalg/gemm.ts';
import { type FeatureRows, subtractRow } from '../metrics/features.ts';
import type { Eigenbasis } from './eigenbasis.ts';
import { kernelOfPairs, pairwise } from './second-order-kernel.ts';

/** Rows read at a time. */
const BLOCK = 2048;

/** What one row x contributes, with ẑ = (x − μ) W of unit variance. */
export interface RowTerms {
  /** ψ(x), its effect on itself aside. */
  influence: number;
  /** h(x, x) */
  diagonal: number;
  /** Σ_ij G_ij ẑ_i² ẑ_j² */
  form: number;
  /** |ẑ|² */
  white: number;
}

/**
 * A pass over a pool for the influence ψ and the second-order kernel h of FID (`fourthMoments` has the
 * formulas), a row at a time.
 *
 * @param pool in random order, wherever pairs matter
 * @param centre mean of the rows as they are
 * @param mean δ, the same less the reference's
 * @param take gets row by row one object, which is written anew for the next
 * @returns h(x, y) of pairs of the first rows: with 2,048 pairs the error of their mean square is 3 %
 */
export async function forRowTerms(
  pool: FeatureRows,
  centre: Float64Array,
  mean: Float64Array,
  { roots, whitening }: Eigenbasis,
  gemm: Gemm,
  take: (row: number, terms: RowTerms) => void,
): Promise<Float64Array> {
  const { rows, dimension } = pool;
  const rank = roots.length;
  const kernel = { data: pairwise(roots), rows: rank, columns: rank };
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  const terms: RowTerms = { influence: 0, diagonal: 0, form: 0, white: 0 };
  let pairs = new Float64Array();
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    pool.readBlock(start, count, block);
    subtractRow(block, centre, count);
    const x = { data: block.subarray(0, count * dimension), rows: count, columns: dimension };
    const z = await gemm.multiply(x, whitening);
    if (start === 0) pairs = await kernelOfPairs(x, z, roots, kernel, gemm);
    const squares = { ...z, data: z.data.map((value) => value * value) };
    const { data: product } = await gemm.multiply(squares, kernel);
    for (let i = 0; i < count; i++) {
      let [length, along, white, weighted, form] = [0, 0, 0, 0, 0];
      for (let j = 0, k = i * dimension; j < dimension; j++, k++) {
        const value = block[k]!;
        length += value * value;
        along += value * mean[j]!;
      }
      for (let j = 0, k = i * rank; j < rank; j++, k++) {
        const square = squares.data[k]!;
        white += square;
        weighted += roots[j]! * square;
        form += square * product[k]!;
      }
      terms.diagonal = length + 0.5 * (form - weighted);
      terms.influence = 2 * along + length - weighted - (2 / rows) * terms.diagonal;
      terms.form = form;
      terms.white = white;
      take(start + i, terms);
    }
  }
  return pairs;
}
