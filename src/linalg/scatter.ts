import type { Gemm, Matrix } from './gemm.ts';

/** Coordinates whose products are computed together: 56 % of the full matrix at d = 2048. */
const PANEL = 256;
/** Rows multiplied at a time: 32 MB of float64 at d = 2048. */
const CHUNK = 2048;
/** Rows transposed together: four cache lines of float64, measured best of 8 to 64. */
const LINE = 32;

/** Mean and covariance of a sample; the covariance divides by `count − 1`. */
export interface SampleMoments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * Running sums Σ z and Σ z zᵀ of rows z [d], in float64. Only the blocks on and above the diagonal are
 * multiplied. Rows should be centred near their mean (at the reference's, say), or the covariance
 * loses digits to cancellation.
 */
export class Scatter {
  #count = 0;
  readonly #sum: Float64Array;
  /** Block rows of Σ z zᵀ, each [panel, d − start]: from the diagonal to the right. */
  readonly #blocks: readonly { readonly start: number; readonly sums: Matrix }[];
  /** A chunk of rows, transposed [d, rows]: onnxruntime's products are fastest along rows. */
  readonly #chunk: Float64Array;
  readonly #product: Float64Array;

  constructor(
    readonly dimension: number,
    private readonly gemm: Gemm,
  ) {
    const d = dimension;
    this.#sum = new Float64Array(d);
    this.#chunk = new Float64Array(CHUNK * d);
    this.#product = new Float64Array(Math.min(PANEL, d) * d);
    this.#blocks = Array.from({ length: Math.ceil(d / PANEL) }, (_, panel) => {
      const start = panel * PANEL;
      const [rows, columns] = [Math.min(PANEL, d - start), d - start];
      return { start, sums: { data: new Float64Array(rows * columns), rows, columns } };
    });
  }

  get count(): number {
    return this.#count;
  }

  /** Adds the first `rows` rows of `data` [rows, d]. */
  async add(data: Float64Array, rows: number): Promise<void> {
    for (let start = 0; start < rows; start += CHUNK) {
      const count = Math.min(CHUNK, rows - start);
      this.#take(data.subarray(start * this.dimension, (start + count) * this.dimension), count);
      await this.#multiply(count);
      this.#count += count;
    }
  }

  /**
   * Mean and covariance of the rows so far; the sums stay as they are and can grow further.
   *
   * @throws Error with fewer than two rows
   */
  moments(): SampleMoments {
    const count = this.#count;
    const d = this.dimension;
    if (count < 2) throw new Error(`covariance of ${count} rows`);
    const mean = this.#sum.map((value) => value / count);
    const data = new Float64Array(d * d);
    for (const { start, sums } of this.#blocks) {
      for (let row = 0, k = 0; row < sums.rows; row++) {
        const x = start + row;
        for (let y = start; y < d; y++, k++) {
          const value = (sums.data[k]! - count * mean[x]! * mean[y]!) / (count - 1);
          data[x * d + y] = value;
          data[y * d + x] = value;
        }
      }
    }
    return { count, mean, covariance: { data, rows: d, columns: d } };
  }

  /** Transposes rows into the chunk, some at a time so that whole cache lines are written. */
  #take(data: Float64Array, rows: number): void {
    const d = this.dimension;
    const [chunk, sum] = [this.#chunk, this.#sum];
    for (let row = 0; row < rows; row += LINE) {
      const end = Math.min(row + LINE, rows);
      for (let column = 0; column < d; column++) {
        let total = sum[column]!;
        for (let i = row, from = row * d + column, to = column * rows + row; i < end; i++) {
          const value = data[from]!;
          chunk[to++] = value;
          total += value;
          from += d;
        }
        sum[column] = total;
      }
    }
  }

  async #multiply(count: number): Promise<void> {
    for (const { start, sums } of this.#blocks) {
      const rest = this.#chunk.subarray(start * count, this.dimension * count);
      const { data } = await this.gemm.multiply(
        { data: rest, rows: sums.rows, columns: count },
        { data: rest, rows: sums.columns, columns: count },
        { transposeB: true, out: this.#product },
      );
      for (let k = 0; k < sums.data.length; k++) sums.data[k]! += data[k]!;
    }
  }
}
