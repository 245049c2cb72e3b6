import { StudyError } from '../errors.ts';
import { power } from '../kernels/elementary.ts';
import { parseCount } from '../tables/count-text.ts';

/** Draws of a sweep, sizes times seeds: at 3 s each they take days. */
export const mostDraws = 100_000;

/** Rows are numbered by 32 bits. */
export const largestSize = 2 ** 32 - 1;

const RANGE = /^([^:]+):([^:]+):(log|lin)(\d+)$/;

/**
 * Sizes of draws, ascending, from a list or a range: `1000,5000,50000`, or `1000:50000:log15` for
 * 15 sizes from 1000 to 50,000 evenly spaced in log N (`lin15`: in N), rounded to whole numbers.
 *
 * @throws StudyError for sizes below 2, duplicates, or numbers that are not whole
 */
export function parseSizes(text: string): number[] {
  const range = RANGE.exec(text.trim());
  if (range) return rangeOfSizes(range, text);
  const sizes = text.split(',').map((part) => parseWhole(part.trim(), text));
  return checkSizes(sizes);
}

/** @throws StudyError for an empty list, sizes below 2, or duplicates */
export function checkSizes(sizes: readonly number[]): number[] {
  if (sizes.length === 0) throw new StudyError('no sizes', 'give some, as in --sizes 5000,50000');
  const sorted = [...sizes].sort((a, b) => a - b);
  for (const [i, size] of sorted.entries()) {
    if (!Number.isSafeInteger(size) || size < 2) {
      throw new StudyError(`invalid size: ${size}`, 'a covariance needs a whole number from 2 up');
    }
    if (size > largestSize) {
      throw new StudyError(`invalid size: ${size}`, `a draw may have ${largestSize} images`);
    }
    if (size === sorted[i - 1]) throw new StudyError(`duplicate size: ${size}`, 'give it once');
  }
  return sorted;
}

/** Seeds from a list such as `1,2,7`. @throws StudyError for duplicates or numbers that are not whole */
export function parseSeedList(text: string): number[] {
  const seeds = text.split(',').map((part) => parseWhole(part.trim(), text));
  return checkSeeds(seeds);
}

/** @throws StudyError for an empty list or duplicates */
export function checkSeeds(seeds: readonly number[]): number[] {
  if (seeds.length === 0) throw new StudyError('no seeds', 'give at least one');
  const seen = new Set<number>();
  for (const seed of seeds) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new StudyError(`invalid seed: ${seed}`, 'give a whole number from 0 up');
    }
    if (seen.has(seed)) throw new StudyError(`duplicate seed: ${seed}`, 'give it once');
    seen.add(seed);
  }
  return [...seeds];
}

/** `count` seeds, 1 … count. @throws StudyError if there would be none, or more than any sweep has */
export function seedsOfCount(count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > mostDraws) {
    throw new StudyError(
      `invalid number of seeds: ${count}`,
      `give a whole number from 1 to ${mostDraws}`,
    );
  }
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** @throws StudyError for more draws than any sweep has */
export function requireFewDraws(sizes: readonly number[], seeds: readonly number[]): void {
  const draws = sizes.length * seeds.length;
  if (draws <= mostDraws) return;
  throw new StudyError(
    `${sizes.length} sizes of ${seeds.length} seeds are ${draws} draws`,
    `a sweep may have ${mostDraws}: give fewer seeds, or fewer sizes`,
  );
}

function rangeOfSizes([, low, high, scale, steps]: RegExpExecArray, text: string): number[] {
  const from = parseWhole((low ?? '').trim(), text);
  const to = parseWhole((high ?? '').trim(), text);
  const count = Number(steps);
  if (from >= to || count < 2 || count > 1000) {
    throw new StudyError(
      `invalid range of sizes: ${text}`,
      'give LOW:HIGH:logK or LOW:HIGH:linK with LOW below HIGH and 2 ≤ K ≤ 1000',
    );
  }
  const sizes = Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    return Math.round(scale === 'log' ? from * power(to / from, t) : from + (to - from) * t);
  });
  // Rounding can make neighbours of a fine grid equal.
  return checkSizes([...new Set(sizes)]);
}

function parseWhole(part: string, text: string): number {
  const value = parseCount(part);
  if (value !== undefined) return value;
  throw new StudyError(
    `not a whole number: '${part}' in ${text}`,
    'give a list such as 5000,50k, or a range such as 1000:50000:log15',
  );
}
