/** A value with its Monte-Carlo standard error; null where there are too few draws to have one. */
export interface Measured {
  readonly value: number | null;
  readonly mcse: number | null;
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean of the two in the middle where there are two; NaN of no values, as `mean` is. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return mean(sorted.slice(Math.floor(middle), Math.ceil(middle) + 1));
}

/** Sample variance with divisor n − 1; null of fewer than two values (not 0). */
export function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return values.reduce((total, value) => total + (value - centre) ** 2, 0) / (values.length - 1);
}
