import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { FeatureRows } from '../metrics/features.ts';
import type { SideBasis } from './eigenbasis.ts';
import { type FarRow, FarRows } from './far-rows.ts';
import { type InfluenceMoments, InfluenceSums } from './influence-moments.ts';
import { type LeverageProfile, Leverages } from './leverages.ts';
import type { Resolvent } from './resolvent.ts';
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

/** What the rows of one side say of the bias and the variance of FID. */
export interface RowMoments {
  /** Of their leverages; null where there are no more rows than dimensions. */
  readonly leverages: LeverageProfile | null;
  /** Rows that are furthest out, in that order; none where there are no more rows than dimensions. */
  readonly far: readonly FarRow[];
  /** Where in FID's kernel the influences lie. */
  readonly along: InfluenceMoments;
  /** Sample variance of a row's influence ψ, its effect on itself aside. */
  readonly influence: number;
  /** Sample variance of h(x, x). */
  readonly diagonal: number;
  /** Sample covariance of the two. */
  readonly covariance: number;
  /** τ² = E h(x, y)², by pairs of rows. */
  readonly second: number;
  /** What these are moments of: of pools whose rows correspond, it tells how their FIDs covary. */
  readonly byRow: RowInfluences;
}

/**
 * A second pass over one side, in the eigenbasis of the whole. With ẑ of unit variance and
 * G_ij = s_i s_j/(s_i + s_j), FID's second-order kernel is
 *
 *   h(x, y) = (x − μ)ᵀ(y − μ) + ½ Σ_ij G_ij (ẑ_i ẑ_j − δ_ij)(ŷ_i ŷ_j − δ_ij),
 *
 * C = E h(x, x) (docs/theory.md, section 3); and a row's first-order influence is
 * ψ(x) = 2 δᵀ(x − μ) + |x − μ|² − Σ s_i ẑ_i², where the reference has −δ.
 *
 * FID is less than quadratic in a row far out, which has stretched the very covariance that whitens
 * it: in h(x, x) stands what the row does by itself to Σ √λ, to all orders (`Leverages.add`).
 *
 * @param pool in random order, with where its rows are stored
 * @param centre μ, of the rows as they are
 * @param offset μ less the other side's mean
 */
export async function rowMoments(
  pool: FeatureRows & { readonly order?: Uint32Array },
  centre: Float64Array,
  offset: Float64Array,
  basis: SideBasis,
  resolvent: Resolvent,
  algebra: LinearAlgebra,
): Promise<RowMoments> {
  const { rows } = pool;
  const leverages = new Leverages(resolvent, rows);
  const far = new FarRows(resolvent, rows);
  const along = new InfluenceSums(pool.dimension, basis.roots.length, algebra.gemm);
  const spread = new Spread();
  const [influences, diagonals] = [new Float64Array(rows), new Float64Array(rows)];
  const pairs = await forRowTerms(
    pool,
    centre,
    offset,
    basis,
    { leverages, far, along },
    algebra.gemm,
    (row, { influence, diagonal }) => {
      influences[row] = influence;
      diagonals[row] = diagonal;
      spread.add(influence, diagonal);
    },
  );
  return {
    leverages: leverages.finish(),
    far: await far.finish(algebra, pool.order),
    along: along.finish(),
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
