import type { Eigenpairs } from './eigenpairs.ts';
import type { Matrix } from './gemm.ts';

/** The eigenvectors of two halves as rows, the second's behind the first's. Rotated ones are whole. */
export class HalvedRows {
  readonly #whole = new Map<number, Float64Array>();

  constructor(
    private readonly first: Eigenpairs,
    private readonly second: Eigenpairs,
  ) {}

  get #split(): number {
    return this.first.values.length;
  }

  /** Whether a row is not 0 in a half. */
  has(k: number, side: 0 | 1): boolean {
    return this.#whole.has(k) || k < this.#split === (side === 0);
  }

  /** Row i ← c · row i − s · row k, row k ← s · row i + c · row k. */
  rotate(i: number, k: number, c: number, s: number): void {
    const [x, y] = [this.#wholeRow(i), this.#wholeRow(k)];
    for (let j = 0; j < x.length; j++) {
      const [a, b] = [x[j]!, y[j]!];
      x[j] = c * a - s * b;
      y[j] = s * a + c * b;
    }
  }

  /** One half of some rows. */
  matrix(rows: readonly number[], side: 0 | 1): Matrix {
    const columns = (side === 0 ? this.first : this.second).values.length;
    const data = new Float64Array(rows.length * columns);
    for (const [at, k] of rows.entries()) this.copy(k, side, data, at * columns);
    return { data, rows: rows.length, columns };
  }

  copy(k: number, side: 0 | 1, out: Float64Array, at: number): void {
    const p = this.#split;
    const { values, vectors } = side === 0 ? this.first : this.second;
    const columns = values.length;
    const whole = this.#whole.get(k);
    if (whole) out.set(whole.subarray(side * p, side * p + columns), at);
    else if (this.has(k, side)) {
      const row = (k - side * p) * columns;
      out.set(vectors.subarray(row, row + columns), at);
    }
  }

  #wholeRow(k: number): Float64Array {
    let row = this.#whole.get(k);
    if (!row) {
      row = new Float64Array(this.#split + this.second.values.length);
      this.copy(k, k < this.#split ? 0 : 1, row, k < this.#split ? 0 : this.#split);
      this.#whole.set(k, row);
    }
    return row;
  }
}
