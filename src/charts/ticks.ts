import { thousands } from '../tables/number.ts';
import { textWidth } from './text.ts';
import { FONT_SIZE } from './theme.ts';

/** px between the labels of an axis. */
const GAP = 4;

/** Ticks of an axis of sizes, and how Vega writes their labels. */
export interface SizeTicks {
  readonly values: number[];
  /** Vega expression of `datum.value`. */
  readonly labelExpr: string;
}

/**
 * Ticks on an axis of N: the sizes themselves, as `5,000` or, if that is too long, as `5k`; if they
 * are too many or not round, 1, 2 and 5 times powers of ten.
 *
 * @param sizes distinct, ascending
 * @param position px of a size along the axis
 */
export function sizeTicks(sizes: readonly number[], position: (size: number) => number): SizeTicks {
  const full = "format(datum.value, ',d')";
  if (fits(sizes, position, thousands)) return { values: [...sizes], labelExpr: full };
  const short = "format(datum.value, '~s')";
  const areRound = sizes.every((size) => size % 500 === 0);
  if (areRound && fits(sizes, position, inThousands)) {
    return { values: [...sizes], labelExpr: short };
  }
  return { values: thinned(roundSizes(sizes), position, inThousands), labelExpr: short };
}

/** Ticks on an axis of 1/N, written `1/5,000`, and 0 for infinite N. */
export function inverseSizeTicks(
  sizes: readonly number[],
  position: (inverse: number) => number,
): SizeTicks {
  const candidates = sizes.length <= MANY ? sizes : roundSizes(sizes);
  return {
    values: thinned(
      [...candidates, Number.POSITIVE_INFINITY],
      (size) => position(1 / size),
      (size) => (Number.isFinite(size) ? `1/${thousands(size)}` : '0'),
    )
      .map((size) => 1 / size)
      .reverse(),
    labelExpr: "datum.value === 0 ? '0' : '1/' + format(1 / datum.value, ',.0f')",
  };
}

/** With more sizes than this, those of a grid are rarely round. */
const MANY = 8;

/** Powers of ten within a domain; 1, 2 and 5 times them if those are fewer than three. */
export function decadeTicks([low, high]: readonly [number, number]): number[] {
  const powers = roundNumbers(low, high, [1]);
  return powers.length >= 3 ? powers : roundNumbers(low, high, [1, 2, 5]);
}

function roundSizes(sizes: readonly number[]): readonly number[] {
  const round = roundNumbers(sizes[0] ?? 1, sizes.at(-1) ?? 1, [1, 2, 5]);
  return round.length > 0 ? round : sizes;
}

function roundNumbers(low: number, high: number, factors: readonly number[]): number[] {
  const first = Math.floor(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: count }, (_, i) => first + i)
    .flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`)))
    .filter((value) => value >= low && value <= high);
}

type Position = (size: number) => number;
type Label = (size: number) => string;

function fits(sizes: readonly number[], position: Position, label: Label): boolean {
  return thinned(sizes, position, label).length === sizes.length;
}

/** The ends, then the roundest others that leave a gap to those before; ascending. */
function thinned(sizes: readonly number[], position: Position, label: Label): number[] {
  const half = (size: number) => textWidth(label(size), FONT_SIZE) / 2;
  const rank = (size: number) => (size === sizes[0] || size === sizes.at(-1) ? 0 : roundness(size));
  const kept: number[] = [];
  for (const size of [...sizes].sort((a, b) => rank(a) - rank(b) || a - b)) {
    const isFree = kept.every(
      (other) => Math.abs(position(size) - position(other)) >= half(size) + half(other) + GAP,
    );
    if (isFree) kept.push(size);
  }
  return kept.sort((a, b) => a - b);
}

/** 1 for a power of ten, 2 for five times one, 3 for two times one, larger with more digits. */
function roundness(size: number): number {
  const digits = String(size).replace(/0+$/, '');
  return { '1': 1, '5': 2, '2': 3 }[digits] ?? 3 + digits.length;
}

function inThousands(size: number): string {
  return size >= 1000 ? `${size / 1000}k` : String(size);
}
