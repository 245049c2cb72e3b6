import type { Rows } from '../sample.ts';
import { ColumnScan } from './column-scan.ts';
import { Nearest } from './nearest.ts';
import type { ProductBlock, Visitor } from './products.ts';
import { squaredDistance, squares } from './scales.ts';

/** Finds the nearest of all rows for some rows of a sample, by exact distances. */
export class Recheck implements Visitor {
  /** The k nearest of each of these rows. */
  readonly found: Nearest;
  readonly #others: Float64Array;

  /**
   * @param order the rows, by their numbers in the sample
   * @param lengths |x|² of all rows of the sample
   * @param most how large a rough distance of one of the k nearest may be, of each of these rows
   */
  constructor(
    private readonly order: Uint32Array,
    private readonly lengths: Float64Array,
    private readonly sets: { readonly sample: Rows; readonly among: Rows },
    private readonly most: Float64Array,
    k: number,
  ) {
    this.found = new Nearest(order.length, k);
    this.#others = squares(sets.among);
  }

  /** Blocks of these rows i and of all rows j. */
  visit({ i, j, rows, columns, tile, left, right }: ProductBlock): void {
    const { sample, among } = this.sets;
    const d = among.dimension;
    const nowhere = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
    const scan = new ColumnScan(tile, this.#others.subarray(j, j + columns), nowhere);
    for (let row = 0; row < rows; row++) {
      const at = i + row;
      const x = this.order[at]!;
      const count = scan.find(row, 0, this.lengths[x]!, this.most[at]!, 0);
      for (const column of scan.hits.subarray(0, count)) {
        // A row is not its own neighbour.
        if (sample === among && j + column === x) continue;
        const distance = squaredDistance(left, row * d, right, column * d, d);
        // Rows come in order: of two at one distance the first is kept.
        if (distance < this.found.limits[at]!) this.found.add(at, j + column, distance);
      }
    }
  }
}
