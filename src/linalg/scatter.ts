import type { Floats, Gemm, Matrix } from './gemm.ts';

/** Coordinates whose products are computed together: 53 % of the full matrix at d = 2048. */
export const PANEL = 128;
/** Rows multiplied at a time: 16 MB of float64 at d = 2048. */
export const CHUNK = 1024;
/** Dimension from which draws are multiplied in single precision. */
const SINGLE_FROM = 512;
/** Rows transposed together: four cache lines of float64, measured best of 8 to 64. */
const LINE = 32;

/**
 * How rows are multiplied. `double`: float64. `single`: rows are rounded to float32, a chunk of them is
 * multiplied and summed in float32, and the chunks are summed in float64; twice as fast, and on real
 * features FID changes by less than 1e-7 of its value (docs/limits.md).
 */
export type Precision = 'double' | 'single';

/** The precision of a sweep's draws: double if products are cheap. */
export function drawPrecision(dimension: number): Precision {
  return dimension < SINGLE_FROM ? 'double' : 'single';
}

/** Mean and covariance of a sample; the covariance divides by `count − 1`. */
export interface SampleMoments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * Running sums Σ z and Σ z zᵀ of rows z [d], kept in float64. Only the blocks on and below the diagonal
 * are multiplied. Rows should be centred near their mean (for example the reference's), or the
 * covariance loses digits to cancellation.
 */
export class Scatter {
  #count = 0;
  readonly #sum: Float64Array;
  /** Block columns of Σ z zᵀ, each [d − start, panel]: from the diagonal down. */
  readonly #blocks: readonly { readonly start: number; readonly sums: Matrix }[];
  /** A chunk of rows, transposed [d, rows]: onnxruntime's products are fastest along rows. */
  readonly #chunk: Floats;
  readonly #product: Floats;

  constructor(
    readonly dimension: number,
    private readonly gemm: Gemm,
    precision: Precision = 'double',
  ) {
    const d = dimension;
    const Numbers = precision === 'double' ? Float64Array : Float32Array;
    this.#sum = new Float64Array(d);
    this.#chunk = new Numbers(CHUNK * d);
    this.#product = new Numbers(Math.min(PANEL, d) * d);
    this.#blocks = Array.from({ length: Math.ceil(d / PANEL) }, (_, panel) => {
      const start = panel * PANEL;
      const [rows, columns] = [d - start, Math.min(PANEL, d - start)];
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
   * Adds rows that are known by their mean and a factor of their scatter about it, T Tᵀ.
   *
   * @param rows their number
   * @param mean [d]
   * @param factor T [d, d], lower triangular
   */
  async addFactored(rows: number, mean: Float64Array, factor: Float64Array): Promise<void> {
    const d = this.dimension;
    for (let i = 0; i < d; i++) this.#sum[i]! += rows * mean[i]!;
    for (const { start, sums } of this.#blocks) {
      // To the right of the panel's own columns its rows are zero.
      const inner = start + sums.columns;
      const values = this.#memory(sums.rows * inner);
      for (let i = 0; i < sums.rows; i++) {
        const row = (start + i) * d;
        values.set(factor.subarray(row, row + inner), i * inner);
      }
      await this.#addProduct(sums, values, inner);
      const { columns } = sums;
      for (let i = 0; i < sums.rows; i++) {
        const shift = rows * mean[start + i]!;
        for (let j = 0; j < columns; j++) sums.data[i * columns + j]! += shift * mean[start + j]!;
      }
    }
    this.#count += rows;
  }

  /**
   * Mean and covariance of the rows so far; the sums stay as they are and can grow further.
   *
   * @param out memory for the covariance [d, d], so that large draws need not allocate it
   * @throws Error with fewer than two rows
   */
  moments(out?: Float64Array): SampleMoments {
    const count = this.#count;
    const d = this.dimension;
    if (count < 2) throw new Error(`covariance of ${count} rows`);
    const mean = this.#sum.map((value) => value / count);
    const data = out ?? new Float64Array(d * d);
    for (const { start, sums } of this.#blocks) {
      // Squares of 32, so that what is written across the rows shares its cache lines.
      for (let top = 0; top < sums.rows; top += LINE) {
        for (let left = 0; left <= Math.min(top, sums.columns - 1); left += LINE) {
          for (let row = top; row < Math.min(top + LINE, sums.rows); row++) {
            const x = start + row;
            const shift = count * mean[x]!;
            const end = Math.min(left + LINE, sums.columns, row + 1);
            for (let column = left; column < end; column++) {
              const y = start + column;
              const sum = sums.data[row * sums.columns + column]!;
              const value = (sum - shift * mean[y]!) / (count - 1);
              data[x * d + y] = value;
              data[y * d + x] = value;
            }
          }
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
      await this.#addProduct(sums, this.#chunk.subarray(start * count), count);
    }
  }

  /** Adds A Bᵀ for A [rows, inner] and its first `columns` rows B. */
  async #addProduct({ data: sums, rows, columns }: Matrix, a: Floats, inner: number) {
    // The narrow operand is the one that onnxruntime packs: once for all of the long one.
    const { data } = await this.gemm.multiply<Floats>(
      { data: a.subarray(0, rows * inner), rows, columns: inner },
      { data: a.subarray(0, columns * inner), rows: columns, columns: inner },
      { transposeB: true, out: this.#product },
    );
    addTo(sums, data);
  }

  /** The chunk's memory where it is enough. */
  #memory(length: number): Floats {
    if (length <= this.#chunk.length) return this.#chunk;
    return this.#chunk instanceof Float32Array
      ? new Float32Array(length)
      : new Float64Array(length);
  }
}

/** Adds the first numbers of `terms` to the sums. */
function addTo(sums: Float64Array, terms: Floats): void {
  for (let k = 0; k < sums.length; k++) sums[k]! += terms[k]!;
}
