/**
 * Turns rows into contrasts, one for each row after the first, as they come:
 *
 *   h_k = √(k/(k+1)) (mean(z_1 … z_k) − z_{k+1}).
 *
 * Of independent rows with one mean and covariance P, each contrast has mean 0 and covariance P, and
 * no two are correlated: N rows are N − 1 rows of known mean, without a mean estimated from all of them.
 */
export class HelmertContrasts {
  #count = 0;
  readonly #sum: Float64Array;

  constructor(readonly dimension: number) {
    this.#sum = new Float64Array(dimension);
  }

  /** Rows seen so far. */
  get count(): number {
    return this.#count;
  }

  /** Mean [d] of the rows so far. */
  mean(): Float64Array {
    return this.#sum.map((value) => value / this.#count);
  }

  /**
   * Writes the contrasts of the next `count` rows to `out`: one for each row, the very first aside.
   *
   * @returns how many contrasts
   */
  take(rows: Float64Array, count: number, out: Float64Array): number {
    const d = this.dimension;
    let to = 0;
    for (let row = 0, from = 0; row < count; row++) {
      const k = this.#count;
      if (k === 0) {
        for (let j = 0; j < d; j++) this.#sum[j]! += rows[from++]!;
      } else {
        const scale = Math.sqrt(k / (k + 1));
        for (let j = 0; j < d; j++) {
          const value = rows[from++]!;
          out[to++] = scale * (this.#sum[j]! / k - value);
          this.#sum[j]! += value;
        }
      }
      this.#count++;
    }
    return to / d;
  }
}
