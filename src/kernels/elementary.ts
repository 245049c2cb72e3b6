import { exp as kernelExp, log as kernelLog } from './assembly/_normals-math.ts';

/*
 * Elementary functions from +, −, ×, ÷ and floor alone, so that every engine gives the same bits:
 * `**` of Node 20 and Node 24 differ in the last bit of a third of all cubes. Whatever decides a
 * result calls these; `x ** 2` and powers of two are exact everywhere.
 */

/** ln x to about 1e-16; −∞ at 0, NaN below. */
export function log(x: number): number {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return kernelLog(x);
  return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
}

/** e^x to about 1e-16 relative; 0 below −700 and ∞ above 700, where nothing of ours looks. */
export function exp(x: number): number {
  if (x > 700) return Number.POSITIVE_INFINITY;
  if (x < -700) return 0;
  return x > 0 ? 1 / kernelExp(-x) : kernelExp(x);
}

/** ln(1 + x) for x > −1, to about 1e-16 relative near 0 too. */
export function log1p(x: number): number {
  if (x < -0.29 || x > 0.41) return log(1 + x);
  // ln(1 + x) = 2 artanh(x/(2 + x))
  const s = x / (2 + x);
  const square = s * s;
  let sum = 0;
  for (let n = 25; n > 1; n -= 2) sum = (sum + 1 / n) * square;
  return 2 * s * (1 + sum);
}

/**
 * base^exponent for a positive base; whole exponents by products, to 1e-16 for each of them, others to
 * about 1e-16 × (1 + |exponent · ln base|).
 */
export function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 64) return exp(exponent * log(base));
  let result = 1;
  let square = base;
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/** 10^exponent, rounded correctly, for a whole exponent. */
export function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}
