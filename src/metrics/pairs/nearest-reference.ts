import type { Gemm } from '../../linalg/gemm.ts';
import type { Rows } from '../sample.ts';
import { ColumnScan } from './column-scan.ts';
import { type KthNeighbour, kthNeighbour } from './kth-neighbour.ts';
import { Nearest } from './nearest.ts';
import type { PairWatch, ProductBlock, Visitor } from './products.ts';
import { squares } from './scales.ts';

/** Of each generated row, one and those that rounding may have put before it. */
const CANDIDATES = 4;

/** Collects the nearest reference of each generated row. */
export class NearestReference implements Visitor {
  readonly #found: Nearest;
  readonly #own: Float64Array;
  readonly #others: Float64Array;

  constructor(
    private readonly reference: Rows,
    private readonly generated: Rows,
  ) {
    this.#found = new Nearest(generated.rows, CANDIDATES);
    this.#own = squares(reference);
    this.#others = squares(generated);
  }

  /** Blocks of reference rows i and generated rows j. */
  visit({ i, j, rows, columns, products, tile }: ProductBlock): void {
    const found = this.#found;
    const lengths = this.#others.subarray(j, j + columns);
    const reach = found.limits.subarray(j, j + columns);
    const scan = new ColumnScan(tile, lengths, reach);
    for (let row = 0; row < rows; row++) {
      const length = this.#own[i + row]!;
      const start = row * columns;
      const count = scan.find(row, 0, length, Number.NEGATIVE_INFINITY, 0);
      for (let hit = 0; hit < count; hit++) {
        const column = scan.hits[hit]!;
        const distance = length + lengths[column]! - 2 * products[start + column]!;
        if (!(distance < reach[column]!)) continue;
        found.add(j + column, i + row, distance);
        scan.update(column);
      }
    }
  }

  /** Call it after all pairs. */
  exact(gemm: Gemm, watch: PairWatch = {}): Promise<KthNeighbour> {
    const [sample, among] = [this.generated, this.reference];
    return kthNeighbour({ sample, among, found: this.#found }, 1, gemm, watch);
  }
}
