import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Matrix } from '../linalg/gemm.ts';
import { imageDimension, mapRows } from '../linalg/linear-map.ts';
import { distanceOfWhitenedRows, type FrechetTerms, type Geometry } from '../metrics/frechet.ts';

/**
 * Rows of draws that are computed through their Gram matrix, as drawn and multiplied by the reference's
 * factor. Nested draws share both, so that each row is multiplied once.
 */
export class KeptRows {
  #count = 0;
  readonly #rows: Float64Array;
  readonly #whitened: Float64Array;
  readonly #image: number;

  /** @param capacity rows of the largest of these draws */
  constructor(
    private readonly geometry: Geometry,
    private readonly capacity: number,
    private readonly algebra: LinearAlgebra,
  ) {
    this.#image = imageDimension(geometry.whitened, geometry.dimension);
    this.#rows = new Float64Array(capacity * geometry.dimension);
    this.#whitened = new Float64Array(capacity * this.#image);
  }

  /** Adds rows [count, d]; those beyond the capacity are left out. */
  async add(data: Float64Array, count: number): Promise<void> {
    const { whitened, dimension } = this.geometry;
    const rows = Math.min(count, this.capacity - this.#count);
    if (rows <= 0) return;
    const block = { data: data.subarray(0, rows * dimension), rows, columns: dimension };
    const mapped = await mapRows(whitened, block, this.algebra.gemm);
    this.#rows.set(block.data, this.#count * dimension);
    this.#whitened.set(mapped.data, this.#count * this.#image);
    this.#count += rows;
  }

  /** FID of the first `rows` rows. */
  distance(rows: number): Promise<FrechetTerms> {
    const first = (data: Float64Array, columns: number): Matrix => {
      return { data: data.subarray(0, rows * columns), rows, columns };
    };
    const { geometry } = this;
    const z = first(this.#rows, geometry.dimension);
    const whitened = first(this.#whitened, this.#image);
    return distanceOfWhitenedRows(geometry, z, whitened, this.algebra);
  }
}
