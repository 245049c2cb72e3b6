import type { Gemm, Matrix } from './gemm.ts';

/** Columns of a panel: products of two panels make up the lower half of the scatter matrix. */
const PANEL = 256;
/** Rows packed at a time: 32 MB of float64 at d = 2048. */
const CHUNK = 2048;

/** Mean and covariance of a sample; the covariance divides by `count − 1`. */
export interface SampleMoments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * Running sums Σ z and Σ z zᵀ of rows z [d], in float64. Only the blocks on and below the diagonal
 * are multiplied: 56 % of the full product at d = 2048. Rows should be centred near their mean (at
 * the reference's, say), or the covariance loses digits to cancellation.
 */
export class Scatter {
  #count = 0;
  readonly #sum: Float64Array;
  readonly #blocks: Float64Array[] = [];
  readonly #panels: Matrix[];
  readonly #product: Float64Array;

  constructor(
    readonly dimension: number,
    private readonly gemm: Gemm,
  ) {
    this.#sum = new Float64Array(dimension);
    this.#panels = panelWidths(dimension).map((columns) => ({
      data: new Float64Array(CHUNK * columns),
      rows: CHUNK,
      columns,
    }));
    const widest = this.#panels[0]?.columns ?? 0;
    this.#product = new Float64Array(widest * widest);
    for (const [i, a] of this.#panels.entries()) {
      for (const b of this.#panels.slice(0, i + 1)) {
        this.#blocks.push(new Float64Array(a.columns * b.columns));
      }
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Adds the first `rows` rows of `data` [rows, d]. */
  async add(data: Float64Array, rows: number): Promise<void> {
    for (let start = 0; start < rows; start += CHUNK) {
      const count = Math.min(CHUNK, rows - start);
      this.#pack(data.subarray(start * this.dimension, (start + count) * this.dimension), count);
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
    let block = 0;
    for (const [i, a] of this.#panels.entries()) {
      for (const [j, b] of this.#panels.slice(0, i + 1).entries()) {
        const sums = this.#blocks[block++]!;
        for (let row = 0; row < a.columns; row++) {
          const x = i * PANEL + row;
          for (let column = 0; column < b.columns; column++) {
            const y = j * PANEL + column;
            const value =
              (sums[row * b.columns + column]! - count * mean[x]! * mean[y]!) / (count - 1);
            data[x * d + y] = value;
            data[y * d + x] = value;
          }
        }
      }
    }
    return { count, mean, covariance: { data, rows: d, columns: d } };
  }

  /** Copies row-major rows into panels, each contiguous: onnxruntime has no leading dimension. */
  #pack(data: Float64Array, rows: number): void {
    const d = this.dimension;
    for (const [p, panel] of this.#panels.entries()) {
      const { columns } = panel;
      for (let row = 0; row < rows; row++) {
        const start = row * d + p * PANEL;
        panel.data.set(data.subarray(start, start + columns), row * columns);
      }
    }
    for (let row = 0, k = 0; row < rows; row++) {
      for (let column = 0; column < d; column++, k++) this.#sum[column]! += data[k]!;
    }
  }

  async #multiply(rows: number): Promise<void> {
    let block = 0;
    for (const [i, a] of this.#panels.entries()) {
      for (const b of this.#panels.slice(0, i + 1)) {
        const sums = this.#blocks[block++]!;
        const { data } = await this.gemm.multiply(
          { ...a, rows },
          { ...b, rows },
          { transposeA: true, out: this.#product },
        );
        for (let k = 0; k < sums.length; k++) sums[k]! += data[k]!;
      }
    }
  }
}

function panelWidths(dimension: number): number[] {
  const widths: number[] = [];
  for (let start = 0; start < dimension; start += PANEL) {
    widths.push(Math.min(PANEL, dimension - start));
  }
  return widths;
}
