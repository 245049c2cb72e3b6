import type { Rows } from '../sample.ts';
import { Nearest } from './nearest.ts';
import { exactly, type Neighbours } from './neighbours.ts';
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

/** Candidates for the nearest reference of each generated row. */
const CANDIDATES = 4;

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
  readonly #nearest: Nearest;
  readonly #own: Float64Array;
  readonly #others: Float64Array;
  readonly #rounding: number;
  readonly #longest: number;

  constructor(
    private readonly reference: Rows,
    private readonly generated: Rows,
    private readonly balls: Balls,
  ) {
    this.isCovered = new Uint8Array(generated.rows);
    this.counts = new Uint32Array(generated.rows);
    this.isHit = new Uint8Array(reference.rows);
    this.isRecalled = new Uint8Array(reference.rows);
    this.#nearest = new Nearest(generated.rows, CANDIDATES);
    this.#own = squares(reference);
    this.#others = squares(generated);
    this.#rounding = roundingOf(reference.dimension);
    this.#longest = this.#others.reduce((most, each) => Math.max(most, each), 0);
  }

  /** Blocks of reference rows i and generated rows j. */
  visit({ i, j, rows, columns, products, left, right }: ProductBlock): void {
    const [own, others, nearest] = [this.#own, this.#others, this.#nearest];
    const { open, generated } = this.balls;
    const { limits } = nearest;
    const d = this.reference.dimension;
    // The largest distance at which a generated row could matter to a reference, and the reverse.
    const reach = new Float64Array(columns);
    for (let column = 0; column < columns; column++) {
      reach[column] = generated[j + column]! + this.#rounding * others[j + column]!;
    }
    for (let row = 0; row < rows; row++) {
      const x = i + row;
      const length = own[x]!;
      const slack = this.#rounding * (length + this.#longest);
      const most = open[x]! + slack;
      for (let column = 0, k = row * columns; column < columns; column++, k++) {
        const y = j + column;
        const distance = length + others[y]! - 2 * products[k]!;
        if (distance < limits[y]!) nearest.add(y, x, distance);
        if (distance > most && distance > reach[column]! + this.#rounding * length) continue;
        this.#decide(x, y, distance, () => squaredDistance(left, row * d, right, column * d, d));
      }
    }
  }

  #decide(x: number, y: number, roughly: number, exactly: () => number): void {
    const { reference, open, generated } = this.balls;
    const band = this.#rounding * (this.#own[x]! + this.#others[y]!);
    const isNear = [reference[x]!, open[x]!, generated[y]!].some(
      (radius) => Math.abs(roughly - radius) <= band,
    );
    const distance = isNear ? exactly() : roughly;
    if (distance <= reference[x]!) this.isCovered[y] = 1;
    if (distance < open[x]!) {
      this.counts[y]!++;
      this.isHit[x] = 1;
    }
    if (distance <= generated[y]!) this.isRecalled[x] = 1;
  }

  /** The nearest reference of each generated row; call it after all pairs. */
  nearest(): Neighbours {
    return exactly(this.generated, this.reference, this.#nearest, 1, false);
  }
}
