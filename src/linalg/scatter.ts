import type { Floats, Gemm, Matrix } from './gemm.ts';
import { CHUNK, type ScatterSpace, scatterSpace } from './scatter-space.ts';

/** Dimension from which draws are multiplied in single precision. */
const SINGLE_FROM = 512;
/** Rows and columns mirrored together: four cache lines. */
const TILE = 32;

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
  readonly #space: ScatterSpace;

  constructor(
    readonly dimension: number,
    private readonly gemm: Gemm,
    precision: Precision = 'double',
  ) {
    this.#space = scatterSpace(dimension, precision);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds the first `rows` rows of `data` [rows, d].
   *
   * @param shift a row to subtract from each [d]
   */
  async add(data: Float64Array, rows: number, shift?: Float64Array): Promise<void> {
    const { blocks, chunk } = this.#space;
    for (let start = 0; start < rows; start += CHUNK) {
      const count = Math.min(CHUNK, rows - start);
      this.#space.take(data.subarray(start * this.dimension), count, shift);
      for (const block of blocks) {
        await this.#addProduct(block, chunk.subarray(block.start * count), count);
      }
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
    const { columnSums, blocks } = this.#space;
    for (let i = 0; i < d; i++) columnSums[i]! += rows * mean[i]!;
    for (const block of blocks) {
      const { start, sums } = block;
      // To the right of the panel's own columns its rows are zero.
      const inner = start + sums.columns;
      const values = this.#memory(sums.rows * inner);
      for (let i = 0; i < sums.rows; i++) {
        const row = (start + i) * d;
        values.set(factor.subarray(row, row + inner), i * inner);
      }
      await this.#addProduct(block, values, inner);
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
    const { columnSums, blocks } = this.#space;
    const mean = columnSums.map((value) => value / count);
    const data = out ?? new Float64Array(d * d);
    for (const { start, sums } of blocks) {
      // Squares of 32, so that what is written across the rows shares its cache lines.
      for (let top = 0; top < sums.rows; top += TILE) {
        for (let left = 0; left <= Math.min(top, sums.columns - 1); left += TILE) {
          for (let row = top; row < Math.min(top + TILE, sums.rows); row++) {
            const x = start + row;
            const shift = count * mean[x]!;
            const end = Math.min(left + TILE, sums.columns, row + 1);
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

  /** Adds A Bᵀ for A [rows, inner] and its first `columns` rows B. */
  async #addProduct(block: ScatterSpace['blocks'][number], a: Floats, inner: number) {
    const { rows, columns } = block.sums;
    // The narrow operand is the one that onnxruntime packs: once for all of the long one.
    await this.gemm.multiply<Floats>(
      { data: a.subarray(0, rows * inner), rows, columns: inner },
      { data: a.subarray(0, columns * inner), rows: columns, columns: inner },
      { transposeB: true, out: this.#space.product },
    );
    this.#space.addProduct(block);
  }

  /** The chunk's memory where it is enough. */
  #memory(length: number): Floats {
    const { chunk } = this.#space;
    if (length <= chunk.length) return chunk;
    return chunk instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  }
}
