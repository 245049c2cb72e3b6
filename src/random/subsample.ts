import { StudyError } from '../errors.ts';
import type { Stream } from './stream.ts';

/** Up to this many pool rows per drawn row, a copy of the pool beats a map of the swaps. */
const DENSE = 8;

/**
 * `size` distinct indices into a pool, in random order: the first `size` elements of one random
 * permutation. Streams of the same key give nested draws: the draw of n is the first n elements of
 * the draw of any m > n. Memory is O(size).
 *
 * Source: the Fisher–Yates shuffle (Durstenfeld 1964, doi 10.1145/364520.364540), stopped early.
 *
 * @param pool number of rows to draw from, at most 2³²
 * @throws StudyError if the size exceeds the pool, or either is not a whole number
 */
export function drawWithoutReplacement(pool: number, size: number, stream: Stream): Uint32Array {
  checkDraw(pool, size);
  if (size > pool) {
    throw new StudyError(
      `draw larger than its pool: ${size} of ${pool}`,
      'draw at most the whole pool, or draw with replacement',
    );
  }
  // `moved` holds the indices that the shuffle moved; any other place still holds its own index.
  const moved = size * DENSE < pool ? new Map<number, number>() : new DenseMoves(pool);
  const drawn = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const j = i + stream.integer(pool - i);
    drawn[i] = moved.get(j) ?? j;
    // Place i is never looked at again, so only one half of the swap is kept.
    moved.set(j, moved.get(i) ?? i);
    moved.delete(i);
  }
  return drawn;
}

/**
 * `size` indices into a pool, independent of each other. Nested like those without replacement.
 *
 * @param pool number of rows to draw from, at most 2³²
 * @throws StudyError if the pool is empty, or either is not a whole number
 */
export function drawWithReplacement(pool: number, size: number, stream: Stream): Uint32Array {
  checkDraw(pool, size);
  if (pool === 0 && size > 0) {
    throw new StudyError(
      `draw from an empty pool: ${size} of 0`,
      'draw from a set of at least one image',
    );
  }
  const drawn = new Uint32Array(size);
  for (let i = 0; i < size; i++) drawn[i] = stream.integer(pool);
  return drawn;
}

function checkDraw(pool: number, size: number): void {
  if (!Number.isInteger(pool) || pool < 0 || pool > 2 ** 32) {
    throw new StudyError(
      `invalid pool size; not an integer in [0, 2^32]: ${pool}`,
      'a pool may have 2^32 rows at most',
    );
  }
  if (!Number.isInteger(size) || size < 0) {
    throw new StudyError(
      `invalid draw size; not a whole number: ${size}`,
      'give a whole number from 0 up',
    );
  }
}

/** The part of a Map that the shuffle uses, on an array of the whole pool. */
class DenseMoves {
  readonly #at: Uint32Array;

  constructor(pool: number) {
    this.#at = Uint32Array.from({ length: pool }, (_, i) => i);
  }

  get(place: number): number | undefined {
    return this.#at[place];
  }

  set(place: number, index: number): void {
    this.#at[place] = index;
  }

  delete(_place: number): void {}
}
