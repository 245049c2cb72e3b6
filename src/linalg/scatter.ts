import type { Floats, Gemm } from './gemm.ts';
import { momentsOf, type SampleMoments } from './sample-moments.ts';
import type { Division } from './scatter-helper.ts';
import { addProducts, factorsIn } from './scatter-products.ts';
import { CHUNK, type Precision, type ScatterSpace, scatterSpace } from './scatter-space.ts';

export type { Precision, SampleMoments };

/** Dimension from which draws are multiplied in single precision. */
const SINGLE_FROM = 512;

/** The precision of a sweep's draws: double if products are cheap. */
export function drawPrecision(dimension: number): Precision {
  return dimension < SINGLE_FROM ? 'double' : 'single';
}

/** Dimension, and rows, from which another thread is worth its start. */
const HELPED_FROM = 1024;
const ROWS_ALONE = 4 * CHUNK;

/**
 * Running sums Σ z and Σ z zᵀ of rows z [d], kept in float64. Only the blocks on and below the diagonal
 * are multiplied. Rows should be centred near their mean (for example the reference's), or the
 * covariance loses digits to cancellation.
 */
export class Scatter {
  #count = 0;
  #division: Division | undefined;
  readonly #space: ScatterSpace;

  constructor(
    readonly dimension: number,
    private readonly gemm: Gemm,
    private readonly precision: Precision = 'double',
  ) {
    this.#space = scatterSpace(dimension, precision, gemm.threads ?? 1);
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
      this.#divide();
      await this.#division?.add(chunk, count);
      const { own, threads } = this.#division ?? { own: blocks, threads: undefined };
      const factors = factorsIn(own, chunk, count);
      await addProducts(this.#space, factors, count, this.gemm, threads);
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
    await this.#unite();
    const d = this.dimension;
    const { columnSums, blocks } = this.#space;
    for (let i = 0; i < d; i++) columnSums[i]! += rows * mean[i]!;
    for (const block of blocks) {
      const { top, left, sums } = block;
      // To the right of the block's own columns its columns' rows are zero.
      const inner = left + sums.columns;
      const values = this.#memory((sums.rows + sums.columns) * inner);
      const rowsOf = (start: number, count: number, at: number) => {
        for (let i = 0; i < count; i++) {
          const row = (start + i) * d;
          values.set(factor.subarray(row, row + inner), at + i * inner);
        }
        return values.subarray(at);
      };
      const a = rowsOf(top, sums.rows, 0);
      const b = top === left ? a : rowsOf(left, sums.columns, sums.rows * inner);
      await addProducts(this.#space, [{ block, a, b }], inner, this.gemm);
      for (let i = 0, k = 0; i < sums.rows; i++) {
        const shift = rows * mean[top + i]!;
        for (let j = 0; j < sums.columns; j++) sums.data[k++]! += shift * mean[left + j]!;
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
  async moments(out?: Float64Array): Promise<SampleMoments> {
    await this.#unite();
    return momentsOf(this.#space, this.#count, out);
  }

  /** Lets another thread have a part of the blocks, if there is one and rows are many. */
  #divide(): void {
    if (this.dimension < HELPED_FROM || this.#count < ROWS_ALONE) return;
    this.#division ??= this.gemm.helper?.divide(this.#space, this.dimension, this.precision);
  }

  async #unite(): Promise<void> {
    await this.#division?.end();
    this.#division = undefined;
  }

  /** The chunk's memory where it is enough. */
  #memory(length: number): Floats {
    const { chunk } = this.#space;
    if (length <= chunk.length) return chunk;
    return chunk instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  }
}
