import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import type { FeatureRows } from '../metrics/features.ts';
import type { Eigenbasis } from './eigenbasis.ts';
import { forRowTerms } from './row-terms.ts';
import { meanSquare } from './second-order-kernel.ts';

/** What each row of a pool adds to its FID, by the pool's own moments. */
export interface RowInfluences {
  /** ψ(x) of each row, its effect on itself aside [N]. */
  readonly influence: Float64Array;
  /** h(x, x) of each row [N]. */
  readonly diagonal: Float64Array;
  /** h(x, y) of pairs of rows: each with the next, each with the next but one, and so on. */
  readonly pairs: Float64Array;
}

/** What fourth moments of the rows say of the bias and the variance of FID. */
export interface FourthMoments {
  /** ½ Σ_ij V_ij / (s_i s_j (s_i + s_j)): Ĉ less tr P. */
  readonly spectral: number;
  /** Sample variance of a row's influence ψ, its effect on itself aside. */
  readonly influence: number;
  /** Sample variance of h(x, x): that of Ĉ is this over N. */
  readonly diagonal: number;
  /** Sample covariance of the two. */
  readonly covariance: number;
  /** τ² = E h(x, y)², by pairs of rows. */
  readonly second: number;
  /** What these are moments of: of pools whose rows correspond, it tells how their FIDs covary. */
  readonly byRow: RowInfluences;
}

/**
 * A second pass over the pool, in the eigenbasis of the whole. With ẑ of unit variance and
 * G_ij = s_i s_j/(s_i + s_j), FID's second-order kernel is
 *
 *   h(x, y) = (x − μ)ᵀ(y − μ) + ½ Σ_ij G_ij (ẑ_i ẑ_j − δ_ij)(ŷ_i ŷ_j − δ_ij),
 *
 * C = E h(x, x) (docs/theory.md, section 3), so that a row costs one product of its squared features
 * with G; and its first-order influence is ψ(x) = 2 δᵀ(x − μ) + |x − μ|² − Σ s_i ẑ_i².
 *
 * A row far out has stretched the very covariance that whitens it: its ẑẑᵀẑẑᵀ is divided by
 * 1 − leverage, and all together are scaled back to unit variance. Nothing changes for Gaussian rows,
 * whose leverages are alike. Two powers would be those of a row left out, and too much, for FID
 * itself is less than quadratic in such a row: on a multivariate t with 8 degrees of freedom at
 * N/d = 5 none leaves 15 % of the bias, one 3 %, two −21 %.
 *
 * @param pool in random order
 * @param origin m, which the moments are seen from
 */
export async function fourthMoments(
  pool: FeatureRows,
  origin: Float64Array,
  { mean }: Pick<SampleMoments, 'mean'>,
  basis: Eigenbasis,
  { gemm }: LinearAlgebra,
): Promise<FourthMoments> {
  const { rows } = pool;
  const { roots } = basis;
  const rank = roots.length;
  const centre = origin.map((value, i) => value + mean[i]!);
  // Without a degree of freedom left every leverage is 1.
  const free = rank < rows - 1;
  const spread = new Spread();
  const [influences, diagonals] = [new Float64Array(rows), new Float64Array(rows)];
  let [forms, lengths] = [0, 0];
  const pairs = await forRowTerms(pool, centre, mean, basis, gemm, (row, terms) => {
    const { influence, diagonal, form, white } = terms;
    const rest = free ? 1 - 1 / rows - white / (rows - 1) : 1;
    forms += form / rest;
    lengths += white / Math.sqrt(rest);
    influences[row] = influence;
    diagonals[row] = diagonal;
    spread.add(influence, diagonal);
  });
  const scale = (rank * (rows - 1)) / lengths;
  const trace = roots.reduce((total, s) => total + s, 0);
  return {
    // G_ii = s_i / 2
    spectral: rank > 0 ? (0.5 * forms * scale ** 2) / rows - trace / 4 : 0,
    ...spread.moments(),
    second: meanSquare(pairs),
    byRow: { influence: influences, diagonal: diagonals, pairs },
  };
}

/** Sample variances and covariance of two numbers, row by row (Welford 1962). */
export class Spread {
  #count = 0;
  #means = [0, 0] as [number, number];
  #sums = [0, 0, 0] as [number, number, number];

  add(a: number, b: number): void {
    this.#count++;
    const [changeA, changeB] = [a - this.#means[0], b - this.#means[1]];
    this.#means[0] += changeA / this.#count;
    this.#means[1] += changeB / this.#count;
    this.#sums[0] += changeA * (a - this.#means[0]);
    this.#sums[1] += changeB * (b - this.#means[1]);
    this.#sums[2] += changeA * (b - this.#means[1]);
  }

  /** Divisor count − 1. */
  moments() {
    const [influence, diagonal, covariance] = this.#sums.map(
      (sum) => sum / Math.max(1, this.#count - 1),
    ) as [number, number, number];
    return { influence, diagonal, covariance };
  }
}
