import { powerOfTen } from '../kernels/elementary.ts';

/** A value and its standard error as text, neither with a digit finer than the error allows. */
export interface Rounded {
  readonly value: string;
  /** One significant digit; null if the error is unknown. */
  readonly error: string | null;
}

/** Significant digits shown if there is no error to round to. */
const DIGITS_WITHOUT_ERROR = 4;
/** Significant digits at most, so that an error of rounding size does not show sixteen of them. */
const DIGITS_AT_MOST = 8;

/**
 * Rounds a value to the place of the first significant digit of its error: 9.7812 with 0.032 is
 * 9.78 and 0.03; 12345 with 32 is 12350 and 30. An error of 0 (all draws the same) counts as known
 * exactly, and shows eight digits at most; without an error, four.
 */
export function roundToError(value: number, error: number | null): Rounded {
  if (!Number.isFinite(value)) return { value: String(value), error: null };
  if (error === null || !Number.isFinite(error)) {
    return { value: significant(value, DIGITS_WITHOUT_ERROR), error: null };
  }
  if (error === 0) return { value: significant(value, DIGITS_AT_MOST), error: '0' };
  const finest = DIGITS_AT_MOST - 1 - exponent(value);
  const decimals = -exponent(error);
  if (decimals > finest) {
    return { value: significant(value, DIGITS_AT_MOST), error: error.toPrecision(1) };
  }
  return { value: toDecimals(value, decimals), error: toDecimals(error, decimals) };
}

/** `9.78 ± 0.03`, or the bare value if the error is unknown. */
export function plusMinus(value: number | null, error: number | null): string {
  if (value === null) return '–';
  const rounded = roundToError(value, error);
  return rounded.error === null ? rounded.value : `${rounded.value} ± ${rounded.error}`;
}

/** `9.78 (0.03)`, the form of printed tables. */
export function inParentheses(value: number | null, error: number | null): string {
  if (value === null) return '–';
  const rounded = roundToError(value, error);
  return rounded.error === null ? rounded.value : `${rounded.value} (${rounded.error})`;
}

/** `50,000`. */
export function thousands(count: number): string {
  return grouped(String(count));
}

/** Commas between the thousands of every number in a text, not in its decimals. */
export function grouped(text: string): string {
  return text.replace(/(?<![\d.])\d{4,}/g, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** A share such as a probability: `12 %`, `3.9 %`, `< 0.1 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value < 0.1) return '< 0.1 %';
  return `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** Power of ten of the first digit, after rounding to that one digit (0.0096 is 1e-2). */
function exponent(value: number): number {
  return value === 0 ? 0 : Number(value.toExponential(0).split('e')[1]);
}

/** Fixed decimals; negative ones round to tens, hundreds and so on. */
function toDecimals(value: number, decimals: number): string {
  const rounded =
    decimals >= 0
      ? value.toFixed(Math.min(decimals, 100))
      : (Math.round(value / powerOfTen(-decimals)) * powerOfTen(-decimals)).toFixed(0);
  return unsignedZero(rounded);
}

/** At most `digits` significant digits without trailing zeros: 5.12, not 5.120. */
function significant(value: number, digits: number): string {
  return unsignedZero(String(Number(value.toPrecision(digits))));
}

/** `toFixed` without the sign of a number that rounds to 0. */
export function fixed(value: number, decimals: number): string {
  return unsignedZero(value.toFixed(decimals));
}

function unsignedZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
