import { largestOf, smallestOf } from '../arrays/extremes.ts';
import { power } from '../kernels/elementary.ts';

/** A scale with its own px, so that labels and dots can be spaced by what the eye sees. */
export interface Scale {
  readonly domain: [number, number];
  /** px from the start of the domain. */
  position(value: number): number;
}

/** A log scale, on which a value can be moved by px. */
export interface LogScale extends Scale {
  shift(value: number, px: number): number;
}

/** The span of one value alone, in decades. */
const LEAST_DECADES = 0.3;

/**
 * Log scale over `length` px that leaves `before` and `after` px free around the values.
 *
 * @param values positive; an empty list gives the decade from 1 to 10
 */
export function logScale(
  values: readonly number[],
  length: number,
  before: number,
  after: number,
): LogScale {
  const logs = values.length === 0 ? [0, 1] : values.map(Math.log10);
  const middle = (smallestOf(logs) + largestOf(logs)) / 2;
  const span = Math.max(LEAST_DECADES, largestOf(logs) - smallestOf(logs));
  const perPx = span / (length - before - after);
  const start = middle - span / 2 - before * perPx;
  return {
    domain: [power(10, start), power(10, start + length * perPx)],
    position: (value) => (Math.log10(value) - start) / perPx,
    shift: (value, px) => value * power(10, px * perPx),
  };
}

/** Linear scale over `length` px that leaves `before` and `after` px free around the values. */
export function linearScale(
  values: readonly number[],
  length: number,
  before: number,
  after: number,
): Scale {
  const finite = values.length === 0 ? [0, 1] : values;
  const low = smallestOf(finite);
  const high = largestOf(finite);
  const perPx = (high - low || Math.abs(high) * 0.1 || 1) / (length - before - after);
  const start = low - before * perPx;
  return {
    domain: [start, start + length * perPx],
    position: (value) => (value - start) / perPx,
  };
}

/** If FIDs differ by more than this share of the largest, their axis starts at 0. */
const ZERO_FROM = 0.4;

/**
 * Linear scale of FIDs. It starts at 0 if the values differ by more than `ZERO_FROM` of the largest,
 * so that heights can be compared; otherwise near the smallest, so that differences can be seen.
 */
export function fidScale(
  values: readonly number[],
  length: number,
  before: number,
  after: number,
): Scale {
  const low = smallestOf(values);
  const high = largestOf(values);
  return low >= 0 && high - low > ZERO_FROM * high
    ? linearScale([0, high], length, 0, after)
    : linearScale(values, length, before, after);
}
