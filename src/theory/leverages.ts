import { log } from '../kernels/elementary.ts';
import type { Matrix } from '../linalg/gemm.ts';
import { gaussianBiasShares } from './gaussian-moments.ts';
import { FIRST, type Resolvent, STEP, type Stretch } from './resolvent.ts';

/** Groups of rows by which errors are told, each left out in turn. */
const GROUPS = 20;

/** What the leverages of a sample's rows say of the bias of its FID. */
export interface LeverageProfile {
  /** κ(y), see `Stretch`. */
  readonly stretch: Stretch;
  /** Mean ℓ² over (mean ℓ)² of the leverages in the population: 1 and a little for Gaussian rows. */
  readonly dispersion: Float64Array;
  /** The same with one of the two by the sample, where it is bounded: too small for heavy tails. */
  readonly bounded: Float64Array;
  /** Without each group of rows in turn. */
  readonly withoutGroup: readonly WithoutGroup[];
}

/** What is left of a sample without a group of its rows. */
export interface WithoutGroup {
  readonly dispersion: Float64Array;
  /** Mean of |x − μ|² */
  readonly length: number;
  /** Mean of ½ Σ s_i ∂C/∂s_i ẑ_i²: what C is by their covariance, to first order. */
  readonly sway: number;
}

/**
 * Adds up leverages h_i(y) = ẑ_iᵀ (Λ + y)⁻¹ Λ ẑ_i/(N − 1), Σ_i h_i = A(y), at the nodes of a resolvent.
 *
 * A row is measured by a covariance that it has stretched. By the covariance of the other rows it
 * would have g = h/(1 − h), exactly (Sherman & Morrison); and with a population covariance C, and other
 * rows alike, (S + y)⁻¹ is close to (C/κ + y)⁻¹ with
 *
 *   κ(y) = Σ w_i / Σ w_i (1 − h_i),   w_i = −dg_i/dy,
 *
 * whatever the rows' distribution: for Gaussian rows all h are alike and κ = 1/(1 − A/n); for rows with
 * a scale of their own it is the law of separable covariances (El Karoui 2009); to first order in 1/N
 * it is C by fourth moments (docs/theory.md, section 3), for any rows. The weights fall off where h
 * nears 1: what one row does is bounded, as is what it does to Σ √λ.
 */
export class Leverages {
  /** Maps squares of whitened rows to h and −dh/d ln y at all nodes [rank, 2 K]. */
  readonly matrix: Matrix;
  readonly #groups: readonly Sums[];
  readonly #shares: Float64Array;
  readonly #weights: Float64Array;
  readonly #scale: number;
  readonly #isFree: boolean;

  constructor(
    { roots, nodes }: Resolvent,
    private readonly rows: number,
  ) {
    const [rank, count] = [roots.length, nodes.length];
    const data = new Float64Array(rank * 2 * count);
    for (const [j, s] of roots.entries()) {
      for (const [k, y] of nodes.entries()) {
        const share = (s * s) / (s * s + y);
        data[j * 2 * count + k] = share / (rows - 1);
        data[j * 2 * count + count + k] = (share * (1 - share)) / (rows - 1);
      }
    }
    this.matrix = { data, rows: rank, columns: 2 * count };
    // Without the row the mean moves too: 1 − 1/N − h, over what it is for a row at the mean.
    this.#scale = rows / (rows - 1);
    // Where N − 1 rows span N − 1 dimensions every leverage is 1 and says nothing.
    this.#isFree = rank < rows - 1;
    this.#shares = gaussianBiasShares(roots);
    this.#groups = Array.from({ length: GROUPS }, () => sumsOf(count));
    this.#weights = nodes.map((y, k) => (Math.sqrt(y) * STEP * (k === 0 ? FIRST : 1)) / Math.PI);
  }

  /**
   * Takes the row's part of a product with `matrix`.
   *
   * @param squares ẑ_i² of the row
   * @param length |x − μ|²
   * @returns 2 N² times what the row by itself takes from Σ √λ beyond the first order, exactly:
   *   (1/2π) ∫ y^-½ (−ln(1 − h) − h) dy. For small h it is the ½ Σ G_ij ẑ_i² ẑ_j² of h(x, x)
   */
  add(
    row: number,
    squares: Float64Array,
    product: Float64Array,
    offset: number,
    length: number,
  ): number {
    const group = this.#groups[row % GROUPS]!;
    const count = this.#weights.length;
    let own = 0;
    for (let k = 0; k < count; k++) {
      const leverage = product[offset + k]!;
      const h = leverage * this.#scale;
      const rest = Math.max(1 - h, TINY);
      const odds = leverage / rest;
      own += this.#weights[k]! * (this.#isFree ? -log(rest) - h : (h * h) / 2);
      const weight = product[offset + count + k]! / rest;
      group.weighted[k]! += weight;
      group.weight[k]! += weight / rest;
      group.leverage[k]! += leverage;
      group.odds[k]! += odds;
      group.squared[k]! += odds * odds;
      group.mixed[k]! += odds * leverage;
    }
    group.rows++;
    group.length += length;
    for (const [j, share] of this.#shares.entries()) group.sway += 0.5 * share * squares[j]!;
    return own * this.rows ** 2;
  }

  /** @returns null where there are no more rows than dimensions */
  finish(): LeverageProfile | null {
    if (!this.#isFree) return null;
    const total = sumsOf(this.#weights.length);
    for (const group of this.#groups) combine(total, group, 1);
    return {
      stretch: total.weight.map((weight, k) => weight / total.weighted[k]!),
      dispersion: dispersionOf(total),
      bounded: total.mixed.map(
        (sum, k) => (sum * total.rows) / (total.odds[k]! * total.leverage[k]!),
      ),
      withoutGroup: this.#groups
        .filter((group) => group.rows > 0)
        .map((group) => {
          const rest = combine(combine(sumsOf(this.#weights.length), total, 1), group, -1);
          return {
            dispersion: dispersionOf(rest),
            length: rest.length / rest.rows,
            sway: rest.sway / rest.rows,
          };
        }),
    };
  }
}

/** 1 − h of a row that makes its direction alone, to rounding. */
const TINY = 1e-12;

interface Sums {
  rows: number;
  length: number;
  sway: number;
  readonly weight: Float64Array;
  readonly weighted: Float64Array;
  readonly leverage: Float64Array;
  readonly odds: Float64Array;
  readonly squared: Float64Array;
  readonly mixed: Float64Array;
}

function sumsOf(count: number): Sums {
  return {
    rows: 0,
    length: 0,
    sway: 0,
    weight: new Float64Array(count),
    weighted: new Float64Array(count),
    leverage: new Float64Array(count),
    odds: new Float64Array(count),
    squared: new Float64Array(count),
    mixed: new Float64Array(count),
  };
}

const SERIES = ['weight', 'weighted', 'leverage', 'odds', 'squared', 'mixed'] as const;

/** Adds `sign` times `other` into `to`. */
function combine(to: Sums, other: Sums, sign: 1 | -1): Sums {
  to.rows += sign * other.rows;
  to.length += sign * other.length;
  to.sway += sign * other.sway;
  for (const name of SERIES) {
    for (const [k, value] of other[name].entries()) to[name][k]! += sign * value;
  }
  return to;
}

function dispersionOf({ rows, odds, squared }: Sums): Float64Array {
  return squared.map((sum, k) => (rows * sum) / odds[k]! ** 2);
}
