import type { Floats, Gemm } from './gemm.ts';
import { momentsOf, type SampleMoments } from './sample-moments.ts';
import { type Block, CHUNK, type ScatterSpace, scatterSpace } from './scatter-space.ts';

export type { SampleMoments };

/** Dimension from which draws are multiplied in single precision. */
const SINGLE_FROM = 512;
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

/** What a block's product is of. */
interface Factors {
  readonly block: Block;
  readonly a: Floats;
  readonly b: Floats;
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
      const rowsOf = (from: number) => chunk.subarray(from * count);
      await this.#addProducts(
        blocks.map((block) => ({ block, a: rowsOf(block.top), b: rowsOf(block.left) })),
        count,
      );
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
      await this.#addProducts([{ block, a, b }], inner);
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
  moments(out?: Float64Array): SampleMoments {
    return momentsOf(this.#space, this.#count, out);
  }

  /** Adds A Bᵀ to each block, for as many rows of A and of B as it has rows and columns. */
  async #addProducts(factors: readonly Factors[], inner: number): Promise<void> {
    // onnxruntime packs the second factor: the narrow one, once for all of the long one.
    const products = factors.map(({ block: { sums, product }, a, b }) => ({
      a: { data: a.subarray(0, sums.rows * inner), rows: sums.rows, columns: inner },
      b: { data: b.subarray(0, sums.columns * inner), rows: sums.columns, columns: inner },
      out: product,
    }));
    await this.gemm.multiplyAll<Floats>(products, { transposeB: true });
    for (const { block } of factors) this.#space.addProduct(block);
  }

  /** The chunk's memory where it is enough. */
  #memory(length: number): Floats {
    const { chunk } = this.#space;
    if (length <= chunk.length) return chunk;
    return chunk instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  }
}
