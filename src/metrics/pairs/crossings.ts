import type { Rows } from '../sample.ts';
import { ColumnScan } from './column-scan.ts';
import type { ProductBlock, Visitor } from './products.ts';
import { roundingOf, squaredDistance, squares } from './scales.ts';

/** Squared radii of balls around rows. */
export interface Balls {
  /** Around each reference row, closed. */
  readonly reference: Float64Array;
  /** Around each reference row, open: no smaller than the closed ones. */
  readonly open: Float64Array;
  /** Around each generated row, closed. */
  readonly generated: Float64Array;
}

/**
 * Which rows lie in whose balls. Float32 products decide what they can; a pair within their rounding of
 * a radius is decided by its exact distance.
 */
export class Crossings implements Visitor {
  /** Per generated row: whether any closed ball of a reference holds it. */
  readonly isCovered: Uint8Array;
  /** Per generated row: how many open balls of references hold it. */
  readonly counts: Uint32Array;
  /** Per reference row: whether its open ball holds any generated row. */
  readonly isHit: Uint8Array;
  /** Per reference row: whether any closed ball of a generated row holds it. */
  readonly isRecalled: Uint8Array;
  readonly #own: Float64Array;
  readonly #others: Float64Array;
  readonly #rounding: number;
  readonly #longest: number;

  constructor(
    private readonly reference: Rows,
    generated: Rows,
    private readonly balls: Balls,
  ) {
    this.isCovered = new Uint8Array(generated.rows);
    this.counts = new Uint32Array(generated.rows);
    this.isHit = new Uint8Array(reference.rows);
    this.isRecalled = new Uint8Array(reference.rows);
    this.#own = squares(reference);
    this.#others = squares(generated);
    this.#rounding = roundingOf(reference.dimension);
    this.#longest = this.#others.reduce((most, each) => Math.max(most, each), 0);
  }

  /** Blocks of reference rows i and generated rows j. */
  visit({ i, j, rows, columns, products, tile, left, right }: ProductBlock): void {
    const { open, generated } = this.balls;
    const d = this.reference.dimension;
    const rounding = this.#rounding;
    const lengths = this.#others.subarray(j, j + columns);
    // The largest distance at which a generated row could matter to a reference, and the reverse.
    const reach = lengths.map((length, column) => generated[j + column]! + rounding * length);
    const scan = new ColumnScan(tile, lengths, reach);
    for (let row = 0; row < rows; row++) {
      const x = i + row;
      const length = this.#own[x]!;
      const most = open[x]! + rounding * (length + this.#longest);
      const [start, more] = [row * columns, rounding * length];
      const count = scan.find(row, 0, length, most, more);
      for (let hit = 0; hit < count; hit++) {
        const column = scan.hits[hit]!;
        const roughly = length + lengths[column]! - 2 * products[start + column]!;
        const exact = () => squaredDistance(left, row * d, right, column * d, d);
        this.#decide(x, j + column, roughly, exact);
      }
    }
  }

  #decide(x: number, y: number, roughly: number, exactly: () => number): void {
    const { reference, open, generated } = this.balls;
    const band = this.#rounding * (this.#own[x]! + this.#others[y]!);
    const isNear = (radius: number) => Math.abs(roughly - radius) <= band;
    const isUnsure = isNear(reference[x]!) || isNear(open[x]!) || isNear(generated[y]!);
    const distance = isUnsure ? exactly() : roughly;
    if (distance <= reference[x]!) this.isCovered[y] = 1;
    if (distance < open[x]!) {
      this.counts[y]!++;
      this.isHit[x] = 1;
    }
    if (distance <= generated[y]!) this.isRecalled[x] = 1;
  }
}
