import type { LinearAlgebra } from '../linalg/algebra.ts';
import { Scatter } from '../linalg/scatter.ts';
import type { Reference } from '../metrics/reference.ts';
import type { RowObserver } from './estimator.ts';
import { HelmertContrasts } from './helmert-contrasts.ts';
import { deficient, type GroupMoment, taylorTerms } from './relative-taylor-terms.ts';

export interface RelativeTaylorOptions {
  /** L, the degree at which the series ends, and the number of groups of a fold. */
  readonly degree: number;
  /** K: each of so many parts of the rows is in turn what the series is in, about all others. */
  readonly folds: number;
}

/** What relative Taylor debiasing makes of a pool. */
export interface RelativeTaylorResult {
  /** Of FID_∞ against the reference as it is; may be negative. */
  readonly estimate: number;
  /** Contributions to the estimate, means over folds: degree 0 (the pilot's FID without its mean term) first. */
  readonly terms: readonly number[];
  /** |z̄|² − tr S/N, unbiased for |μ − m|². */
  readonly meanTerm: number;
  /** Contrasts in the pilot of the last fold, and in its series. */
  readonly pilotRows: number;
  readonly seriesRows: number;
}

/**
 * RTD, relative Taylor debiasing (Chen, Li, Tian & Zhu 2026, arXiv 2610.07114; docs/theory.md, section
 * 6.5): FID is a polynomial of the covariance up to what a Taylor series leaves, and of a polynomial
 * there is an estimate without bias.
 *
 * The rows become contrasts of mean 0. Some of them, the pilot, give a covariance B₀ to build the
 * series around, the others a series whose terms are linear in each of independent groups of rows, so
 * that no row is multiplied with itself and none has a bias: see `taylorTerms`. What remains is the
 * series' own rest, of degree L + 1, which shrinks if and only if the pilot is well known: from about
 * 12 pilot rows a dimension on. With fewer the terms grow with their degree and the estimate is off by
 * far: see `terms`. Nothing is clipped.
 *
 * One pilot and one series waste rows: the larger the pilot the smaller the rest, but the linear term
 * varies with the rows of the series alone. So the two change places (cross-fitting): each of K folds
 * is the series about a pilot of all others, and the mean of the K estimates has every row in a linear
 * term once. Only second moments of K L groups are kept, K L d² numbers.
 *
 * Rows are to come in random order, so that pilots and groups are samples of one distribution.
 */
export class RelativeTaylor implements RowObserver {
  readonly #contrasts: HelmertContrasts;
  readonly #pilotRows: number;
  #scatter: Scatter;
  #buffer = new Float64Array(0);
  #taken = 0;
  readonly #groups: GroupMoment[] = [];

  constructor(
    private readonly reference: Reference,
    private readonly rows: number,
    private readonly algebra: LinearAlgebra,
    private readonly options: RelativeTaylorOptions,
  ) {
    const d = reference.mean.length;
    this.#contrasts = new HelmertContrasts(d);
    this.#pilotRows = rows - 1 - Math.ceil((rows - 1) / options.folds);
    this.#scatter = new Scatter(d, algebra.gemm);
  }

  /** Takes the next `count` rows z = x − m. @throws StudyError where a pilot is rank-deficient */
  async add(rows: Float64Array, count: number): Promise<void> {
    const { mean, factor } = this.reference;
    const d = mean.length;
    if (this.#pilotRows < factor.columns) {
      throw deficient(this.#pilotRows, this.#pilotRows, factor.columns, this.rows);
    }
    if (this.#buffer.length < count * d) this.#buffer = new Float64Array(count * d);
    const contrasts = this.#contrasts.take(rows, count, this.#buffer);
    for (let start = 0; start < contrasts; ) {
      const end = this.#groupEnd();
      const some = Math.min(contrasts - start, end - this.#taken);
      await this.#scatter.add(this.#buffer.subarray(start * d, (start + some) * d), some);
      this.#taken += some;
      start += some;
      if (this.#taken === end) await this.#endGroup();
    }
  }

  /** @throws Error before all rows were seen; StudyError where a pilot is rank-deficient */
  async finish(): Promise<RelativeTaylorResult> {
    const { degree, folds } = this.options;
    const groups = this.#groups;
    if (this.#contrasts.count !== this.rows || groups.length < folds * degree) {
      throw new Error(`rtd saw ${this.#contrasts.count} of ${this.rows} rows`);
    }
    const terms = new Float64Array(degree + 1);
    let seriesRows = 0;
    for (let fold = 0; fold < folds; fold++) {
      const [start, end] = [fold * degree, (fold + 1) * degree];
      const series = groups.slice(start, end);
      const pilot = [...groups.slice(0, start), ...groups.slice(end)];
      const found = await taylorTerms(this.reference, pilot, series, this.rows, this.algebra);
      for (const [r, term] of found.entries()) terms[r]! += term / folds;
      seriesRows = rowsOf(series);
    }
    const offset = this.#contrasts.mean();
    const trace = groups.reduce((total, group) => total + group.rows * group.trace, 0);
    const meanTerm =
      offset.reduce((total, value) => total + value * value, 0) -
      trace / (this.rows - 1) / this.rows;
    return {
      estimate: meanTerm + terms.reduce((total, term) => total + term, 0),
      terms: [...terms],
      meanTerm,
      pilotRows: this.rows - 1 - seriesRows,
      seriesRows,
    };
  }

  /** Contrasts up to the end of the group that is being filled. */
  #groupEnd(): number {
    const { degree, folds } = this.options;
    const share = (this.#groups.length + 1) / (degree * folds);
    return Math.round(share * (this.rows - 1));
  }

  async #endGroup(): Promise<void> {
    const { count, mean, covariance } = await this.#scatter.moments();
    const d = mean.length;
    const { data } = covariance;
    let trace = 0;
    // Contrasts have mean 0: their second moment, not that about the group's own mean.
    for (let i = 0, k = 0; i < d; i++) {
      for (let j = 0; j < d; j++, k++) {
        data[k] = (data[k]! * (count - 1)) / count + mean[i]! * mean[j]!;
      }
      trace += data[i * d + i]!;
    }
    this.#groups.push({ rows: count, moment: covariance, trace });
    const { degree, folds } = this.options;
    if (this.#groups.length < degree * folds) this.#scatter = new Scatter(d, this.algebra.gemm);
  }
}

function rowsOf(groups: readonly GroupMoment[]): number {
  return groups.reduce((total, { rows }) => total + rows, 0);
}
