import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { symmetricCongruence } from '../linalg/congruence.ts';
import type { Matrix } from '../linalg/gemm.ts';
import { Scatter } from '../linalg/scatter.ts';
import type { Reference } from '../metrics/reference.ts';
import type { RowObserver } from './estimator.ts';
import { HelmertContrasts } from './helmert-contrasts.ts';
import { mixedTerms } from './mixed-terms.ts';

export interface RelativeTaylorOptions {
  /** L, the degree at which the series ends, and the number of groups. */
  readonly degree: number;
  /** The share of the rows that the series is built around. */
  readonly pilot: number;
}

/** What relative Taylor debiasing makes of a pool. */
export interface RelativeTaylorResult {
  /** Of FID_∞ against the reference as it is; may be negative. */
  readonly estimate: number;
  /** Contributions to the estimate: degree 0 (the pilot's FID without its mean term) first. */
  readonly terms: readonly number[];
  /** |z̄|² − tr S/N, unbiased for |μ − m|². */
  readonly meanTerm: number;
  /** Rows in the pilot, and in the series. */
  readonly pilotRows: number;
  readonly seriesRows: number;
  /** SD over rows of what a row adds to the linear term. */
  readonly linearSd: number;
  /** SD over pairs of groups of the term of degree 2; null with fewer than two pairs. */
  readonly pairSd: number | null;
  readonly pairs: number;
}

/**
 * RTD, relative Taylor debiasing (Chen, Li, Tian & Zhu 2026, arXiv 2610.07114; `math.md`): FID is a
 * polynomial of the covariance up to what a Taylor series leaves, and of a polynomial there is an
 * estimate without bias.
 *
 * The rows become contrasts of mean 0. The first of them, the pilot, give a covariance B₀ to build the
 * series around. With A₀ = Lᵀ B₀ L = U diag(s²) Uᵀ the others are whitened to w = h L U diag(1/s), whose
 * covariance is I + Δ with a small Δ, and tr (Q^½ P Q^½)^½ = tr (C (I + Δ) C)^½, C = diag(s). Its terms
 * in Δ are linear in each of r independent groups of rows, so that no row is multiplied with itself
 * and none has a bias. What remains is the series' own rest, of degree L + 1, which shrinks if and only
 * if Δ is well below 1: from about 12 pilot rows a dimension on. With fewer the terms grow with their
 * degree and the estimate is off by far: see `terms`. Nothing is clipped.
 *
 * Rows are to come in random order, so that pilot and groups are samples of one distribution.
 */
export class RelativeTaylor implements RowObserver {
  readonly #contrasts: HelmertContrasts;
  readonly #degree: number;
  readonly #pilotRows: number;
  readonly #seriesRows: number;
  #scatter: Scatter;
  #buffer = new Float64Array(0);
  #taken = 0;
  #trace = 0;
  #pilotTrace = 0;
  #whitening: { readonly roots: Float64Array; readonly map: Matrix } | null = null;
  readonly #groups: Matrix[] = [];
  /** Mean and sum of squares of what rows add to the linear term, by Welford's recurrence. */
  readonly #linear = { count: 0, mean: 0, squares: 0 };

  constructor(
    private readonly reference: Reference,
    private readonly rows: number,
    private readonly algebra: LinearAlgebra,
    { degree, pilot }: RelativeTaylorOptions,
  ) {
    const d = reference.mean.length;
    this.#contrasts = new HelmertContrasts(d);
    this.#degree = degree;
    this.#pilotRows = Math.floor(pilot * (rows - 1));
    this.#seriesRows = rows - 1 - this.#pilotRows;
    this.#scatter = new Scatter(d, algebra.gemm);
  }

  /** Takes the next `count` rows z = x − m. @throws StudyError where the pilot is rank-deficient */
  async add(rows: Float64Array, count: number): Promise<void> {
    const { mean, factor } = this.reference;
    const d = mean.length;
    if (this.#pilotRows < factor.columns) {
      throw deficient(this.#pilotRows, this.#pilotRows, factor.columns, this.rows);
    }
    if (this.#buffer.length < count * d) this.#buffer = new Float64Array(count * d);
    const contrasts = this.#contrasts.take(rows, count, this.#buffer);
    for (let start = 0; start < contrasts; ) {
      const some = Math.min(contrasts - start, this.#sectionEnd() - this.#taken);
      const data = this.#buffer.subarray(start * d, (start + some) * d);
      await (this.#whitening ? this.#addToGroup(data, some) : this.#addToPilot(data, some));
      this.#taken += some;
      start += some;
      if (this.#taken === this.#sectionEnd()) await this.#endSection();
    }
  }

  /** @throws Error before all rows were seen */
  async finish(): Promise<RelativeTaylorResult> {
    if (this.#contrasts.count !== this.rows || !this.#whitening) {
      throw new Error(`rtd saw ${this.#contrasts.count} of ${this.rows} rows`);
    }
    const { roots } = this.#whitening;
    const { mean, squares } = this.#linear;
    const n = this.#seriesRows;
    const mixed = await mixedTerms(roots, this.#groups, this.#degree, this.algebra.gemm);
    // The trace of P is linear: taken from the rows of the series, it cancels against their root.
    const base = this.#pilotTrace / this.#pilotRows + this.reference.trace - 2 * sum(roots);
    const terms = [
      base,
      mean - this.#pilotTrace / this.#pilotRows,
      ...mixed.values.map((value) => -2 * value),
    ];
    const offset = this.#contrasts.mean();
    const meanTerm =
      offset.reduce((total, value) => total + value * value, 0) -
      this.#trace / (this.rows - 1) / this.rows;
    return {
      estimate: meanTerm + terms.reduce((total, term) => total + term, 0),
      ...{ terms, meanTerm, pilotRows: this.#pilotRows, seriesRows: n },
      linearSd: Math.sqrt(squares / (n - 1)),
      pairSd: spread(mixed.pairs.map((value) => 2 * value)),
      pairs: mixed.pairs.length,
    };
  }

  /** Contrasts up to the end of the pilot, or of the group that is being filled. */
  #sectionEnd(): number {
    if (!this.#whitening) return this.#pilotRows;
    const share = (this.#groups.length + 1) / this.#degree;
    return this.#pilotRows + Math.round(share * this.#seriesRows);
  }

  async #addToPilot(data: Float64Array, count: number): Promise<void> {
    const square = sumOfSquares(data);
    this.#trace += square;
    this.#pilotTrace += square;
    await this.#scatter.add(data, count);
  }

  async #addToGroup(data: Float64Array, count: number): Promise<void> {
    const { roots, map } = this.#whitening!;
    const d = this.reference.mean.length;
    const w = await this.algebra.gemm.multiply({ data, rows: count, columns: d }, map);
    for (let row = 0, k = 0; row < count; row++) {
      const square = sumOfSquares(data.subarray(row * d, (row + 1) * d));
      this.#trace += square;
      let root = 0;
      for (let i = 0; i < roots.length; i++, k++) root += roots[i]! * (w.data[k]! ** 2 - 1);
      this.#note(square - root);
    }
    await this.#scatter.add(w.data, count);
  }

  #note(value: number): void {
    const linear = this.#linear;
    linear.count++;
    const difference = value - linear.mean;
    linear.mean += difference / linear.count;
    linear.squares += difference * (value - linear.mean);
  }

  async #endSection(): Promise<void> {
    const moment = secondMoment(this.#scatter);
    if (this.#whitening) {
      for (let i = 0; i < moment.rows; i++) moment.data[i * moment.rows + i]! -= 1;
      this.#groups.push(moment);
    } else {
      this.#whitening = await whitening(
        this.reference,
        moment,
        this.#pilotRows,
        this.rows,
        this.algebra,
      );
    }
    if (this.#groups.length < this.#degree) {
      this.#scatter = new Scatter(this.#whitening.roots.length, this.algebra.gemm);
    }
  }
}

/** s and the map L U diag(1/s) from the pilot's covariance. */
async function whitening(
  { factor }: Reference,
  pilot: Matrix,
  pilotRows: number,
  rows: number,
  { gemm, symmetricEigen }: LinearAlgebra,
) {
  const rank = factor.columns;
  const product = await symmetricCongruence(factor, pilot, gemm);
  const { values, vectors } = symmetricEigen(product.data, rank);
  const floor = 10 * rank * Number.EPSILON * (values[rank - 1] ?? 0);
  const found = values.filter((value) => value > floor).length;
  if (found < rank) throw deficient(found, pilotRows, rank, rows);
  const roots = values.map(Math.sqrt);
  const map = await gemm.multiply(factor, { data: vectors, rows: rank, columns: rank });
  for (let i = 0, k = 0; i < map.rows; i++) {
    for (let j = 0; j < rank; j++, k++) map.data[k]! /= roots[j]!;
  }
  return { roots, map };
}

function deficient(found: number, pilotRows: number, rank: number, rows: number): StudyError {
  return new StudyError(
    `rtd: the pilot of ${pilotRows} of ${rows} images has rank ${found}, the reference ${rank}`,
    'relative Taylor debiasing needs many more images than dimensions; use another estimator',
  );
}

/** Mean of h hᵀ over the rows of a scatter, whose own covariance is about their mean. */
function secondMoment(scatter: Scatter): Matrix {
  const { count, mean, covariance } = scatter.moments();
  const d = mean.length;
  const data = covariance.data;
  for (let i = 0, k = 0; i < d; i++) {
    for (let j = 0; j < d; j++, k++) {
      data[k] = (data[k]! * (count - 1)) / count + mean[i]! * mean[j]!;
    }
  }
  return { data, rows: d, columns: d };
}

function spread(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((a, b) => a + b) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function sumOfSquares(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value * value;
  return total;
}
