import { StudyError } from '../../errors.ts';
import type { Gemm } from '../../linalg/gemm.ts';
import { once, type Rows } from '../sample.ts';
import { ColumnScan } from './column-scan.ts';
import { type KthNeighbour, kthNeighbour } from './kth-neighbour.ts';
import { Nearest } from './nearest.ts';
import type { PairWatch, ProductBlock, Visitor } from './products.ts';
import { squares } from './scales.ts';

/** The largest k of a ball's radius. */
const MOST_NEIGHBOURS = 5;

/** Candidates beyond them: rounding may have put them in a wrong order. */
const SPARE = 3;

/** Collects the nearest neighbours of each row within its own sample. */
export class OwnNeighbours implements Visitor {
  readonly #found: Nearest;
  readonly #squares: Float64Array;

  constructor(private readonly sample: Rows) {
    this.#found = new Nearest(sample.rows, MOST_NEIGHBOURS + SPARE);
    this.#squares = squares(sample);
  }

  visit({ i, j, rows, columns, products, tile, isDiagonal }: ProductBlock): void {
    const found = this.#found;
    const { limits } = found;
    const lengths = this.#squares.subarray(j, j + columns);
    const reach = limits.subarray(j, j + columns);
    const scan = new ColumnScan(tile, lengths, reach);
    for (let row = 0; row < rows; row++) {
      const x = i + row;
      const length = this.#squares[x]!;
      const start = row * columns;
      const count = scan.find(row, isDiagonal ? row + 1 : 0, length, limits[x]!, 0);
      // Limits shrink while candidates are added: each is compared with them once more.
      for (let hit = 0; hit < count; hit++) {
        const column = scan.hits[hit]!;
        const distance = length + lengths[column]! - 2 * products[start + column]!;
        if (distance < limits[x]!) found.add(x, j + column, distance);
        if (!(distance < reach[column]!)) continue;
        found.add(j + column, x, distance);
        scan.update(column);
      }
    }
  }

  /** The k-th neighbour of each row; call it after all pairs. */
  kth(k: number, gemm: Gemm, watch: PairWatch = {}): Promise<KthNeighbour> {
    const { sample } = this;
    return once(this, String(k), () =>
      kthNeighbour({ sample, among: sample, found: this.#found }, k, gemm, watch),
    );
  }

  /**
   * The squared radius of each row's ball: the distance to its k-th neighbour.
   *
   * @throws StudyError with no more than k rows
   */
  async radii(k: number, what: string, gemm: Gemm, watch: PairWatch): Promise<Float64Array> {
    const { rows } = this.sample;
    if (k < rows) return (await this.kth(k, gemm, watch)).distances;
    throw new StudyError(
      `k = ${k} neighbours of each of ${rows} ${what} images`,
      `a ball to the ${k}th neighbour needs at least ${k + 1} images on each side`,
    );
  }
}
