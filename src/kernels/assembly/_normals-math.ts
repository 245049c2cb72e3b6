// Exponential and logarithm from +, −, ×, ÷ and floor alone. Host functions differ in the last bit
// between engines, and one such bit can change a whole sequence of rejections. This file is both
// AssemblyScript and TypeScript: the kernel, its reference and the gamma draws share it.

const LOG2_E: number = 1.4426950408889634;
/** ln 2 in two parts: the first has trailing zeros, so that k · LN2_HIGH is exact. */
const LN2_HIGH: number = 0.6931471803691238;
const LN2_LOW: number = 1.9082149292705877e-10;
const SQRT_HALF: number = 0.7071067811865476;

/** e^x to about 1e-16 relative, for x in [−700, 0]. Taylor's series after x = k ln 2 + r. */
export function exp(x: number): number {
  let k: number = Math.floor(x * LOG2_E + 0.5);
  const r: number = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: number = 1.6059043836821613e-10;
  sum = sum * r + 2.08767569878681e-09;
  sum = sum * r + 2.505210838544172e-08;
  sum = sum * r + 2.755731922398589e-07;
  sum = sum * r + 2.7557319223985893e-06;
  sum = sum * r + 2.48015873015873e-05;
  sum = sum * r + 0.0001984126984126984;
  sum = sum * r + 0.001388888888888889;
  sum = sum * r + 0.008333333333333333;
  sum = sum * r + 0.041666666666666664;
  sum = sum * r + 0.16666666666666666;
  sum = sum * r + 0.5;
  sum = (sum * r + 1.0) * r + 1.0;
  for (; k < 0.0; k += 1.0) sum *= 0.5;
  return sum;
}

/** ln x to about 1e-16 absolute or relative, for x > 0. Series of artanh after x = 2^k m. */
export function log(x: number): number {
  let k: number = 0.0;
  let m: number = x;
  for (; m < SQRT_HALF; k -= 1.0) m *= 2.0;
  for (; m > 2.0 * SQRT_HALF; k += 1.0) m *= 0.5;
  const s: number = (m - 1.0) / (m + 1.0);
  const square: number = s * s;
  let sum: number = 0.0;
  for (let n: number = 25.0; n > 1.0; n -= 2.0) sum = (sum + 1.0 / n) * square;
  return k * LN2_HIGH + (k * LN2_LOW + 2.0 * s * (1.0 + sum));
}
