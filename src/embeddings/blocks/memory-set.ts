import type { Part, Skipped } from '../partial-set.ts';

/** The rows of a block, in memory until all are there: 64 MiB of them at d = 2048. */
export class MemorySet {
  #images = 0;
  #rows = 0;
  readonly #features: Float32Array<ArrayBuffer>;
  readonly #skipped: Skipped[] = [];

  constructor(
    images: number,
    private readonly dimension: number,
  ) {
    this.#features = new Float32Array(images * dimension);
  }

  get images(): number {
    return this.#images;
  }

  get rows(): number {
    return this.#rows;
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  /** [rows, dimension] */
  get features(): Float32Array<ArrayBuffer> {
    return this.#features.subarray(0, this.#rows * this.dimension);
  }

  async append({ images, rows, bad }: Part): Promise<void> {
    this.#features.set(rows, this.#rows * this.dimension);
    this.#images += images;
    this.#rows += rows.length / this.dimension;
    this.#skipped.push(...bad);
  }
}
