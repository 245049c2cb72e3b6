import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import { type FeatureRows, subtractRow } from '../sources/features.ts';
import type { Eigenbasis } from './eigenbasis.ts';

/** Rows read at a time. */
const BLOCK = 2048;
/** Pairs of rows that τ² is averaged over: its relative standard error is about √(2/pairs). */
const PAIRS = 2048;

/** What fourth moments of the rows say of the bias and the variance of FID. */
export interface FourthMoments {
  /** ½ Σ_ij V_ij / (s_i s_j (s_i + s_j)): Ĉ less tr P. */
  readonly spectral: number;
  /** Standard error of Ĉ over the rows. */
  readonly constantError: number;
  /** Sample variance of the influence ψ of a row: N Var(FID_N), to first order. */
  readonly influence: number;
  /** τ² = E h(x, y)², by pairs of rows. */
  readonly second: number;
}

/**
 * A second pass over the pool, in the eigenbasis of the whole. With ẑ of unit variance and
 * G_ij = s_i s_j/(s_i + s_j), FID's second-order kernel is
 *
 *   h(x, y) = (x − μ)ᵀ(y − μ) + ½ Σ_ij G_ij (ẑ_i ẑ_j − δ_ij)(ŷ_i ŷ_j − δ_ij),
 *
 * C = E h(x, x) (math.md, "any distribution"), so that a row costs one product of its squared features
 * with G; and its first-order influence is ψ(x) = 2 δᵀ(x − μ) + |x − μ|² − Σ s_i ẑ_i².
 *
 * @param pool in random order
 * @param origin m, which the moments are seen from
 */
export async function fourthMoments(
  pool: FeatureRows,
  origin: Float64Array,
  { mean }: Pick<SampleMoments, 'mean'>,
  { roots, whitening }: Eigenbasis,
  { gemm }: LinearAlgebra,
): Promise<FourthMoments> {
  const { rows, dimension } = pool;
  const rank = roots.length;
  const kernel = { data: pairwise(roots), rows: rank, columns: rank };
  const centre = origin.map((value, i) => value + mean[i]!);
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  const [constants, influences, pairs] = [new Running(), new Running(), new Running()];
  const diagonal = roots.reduce((total, s) => total + s / 4, 0);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    pool.readBlock(start, count, block);
    subtractRow(block, centre, count);
    const x = { data: block.subarray(0, count * dimension), rows: count, columns: dimension };
    const { data: z } = await gemm.multiply(x, whitening);
    const squares = { data: z.map((value) => value * value), rows: count, columns: rank };
    const { data: product } = await gemm.multiply(squares, kernel);
    for (let i = 0; i < count; i++) {
      let [length, along, weighted, form] = [0, 0, 0, 0];
      for (let j = 0, k = i * dimension; j < dimension; j++, k++) {
        const value = block[k]!;
        length += value * value;
        along += value * mean[j]!;
      }
      for (let j = 0, k = i * rank; j < rank; j++, k++) {
        const square = squares.data[k]!;
        weighted += roots[j]! * square;
        form += square * product[k]!;
      }
      constants.add(0.5 * form - diagonal, length + 0.5 * (form - weighted));
      influences.add(0, 2 * along + length - weighted);
    }
    const some = Math.min(Math.floor(count / 2), PAIRS - pairs.count);
    if (some > 0) await addPairs(some, z);
  }
  return {
    spectral: constants.sum / rows,
    constantError: Math.sqrt(constants.variance() / rows),
    influence: influences.variance(),
    second: pairs.count > 0 ? pairs.sum / pairs.count : 0,
  };

  /** h(x, y)² of rows 2k and 2k + 1 of the block. */
  async function addPairs(some: number, z: Float64Array): Promise<void> {
    const products = new Float64Array(some * rank);
    for (let i = 0; i < some; i++) {
      for (let j = 0; j < rank; j++) {
        products[i * rank + j] = z[2 * i * rank + j]! * z[(2 * i + 1) * rank + j]!;
      }
    }
    const u = { data: products, rows: some, columns: rank };
    const { data: product } = await gemm.multiply(u, kernel);
    for (let i = 0; i < some; i++) {
      let [inner, form] = [0, 0];
      for (let j = 0, k = 2 * i * dimension; j < dimension; j++, k++) {
        inner += block[k]! * block[k + dimension]!;
      }
      for (let j = 0, k = i * rank, a = 2 * i * rank; j < rank; j++, k++, a++) {
        const ends = z[a]! ** 2 + z[a + rank]! ** 2 - 1;
        // G_ii = s_i / 2
        form += products[k]! * product[k]! - 0.5 * roots[j]! * ends;
      }
      const h = inner + 0.5 * form;
      pairs.add(h * h, h * h);
    }
  }
}

/** G_ij = s_i s_j / (s_i + s_j) */
function pairwise(roots: Float64Array): Float64Array {
  const rank = roots.length;
  const out = new Float64Array(rank * rank);
  for (let i = 0, k = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++, k++) out[k] = (roots[i]! * roots[j]!) / (roots[i]! + roots[j]!);
  }
  return out;
}

/** A sum of one number and the variance of another, row by row (Welford 1962). */
class Running {
  count = 0;
  sum = 0;
  #mean = 0;
  #squares = 0;

  add(summand: number, value: number): void {
    this.count++;
    this.sum += summand;
    const change = value - this.#mean;
    this.#mean += change / this.count;
    this.#squares += change * (value - this.#mean);
  }

  /** Divisor count − 1; 0 of a single row. */
  variance(): number {
    return this.count < 2 ? 0 : this.#squares / (this.count - 1);
  }
}
