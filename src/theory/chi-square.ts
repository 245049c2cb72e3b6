import { exp, log } from '../kernels/elementary.ts';
/**
 * Quantile of the χ² distribution: the factor of an interval of a variance. By bisection of the
 * distribution function; accurate to about 1e-12 of itself.
 *
 * @param p probability between 0 and 1, exclusive
 * @param degrees of freedom, positive, whole or not
 * @throws RangeError for another p or other degrees
 */
export function chiSquareQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1) || !(degrees > 0 && Number.isFinite(degrees))) {
    throw new RangeError(`no χ² quantile of p = ${p} with ${degrees} degrees of freedom`);
  }
  const a = degrees / 2;
  const isBelow = (x: number) => lowerGamma(a, x) < p;
  let low = 0;
  let high = a + 1;
  while (isBelow(high)) {
    low = high;
    high *= 2;
  }
  // Small quantiles are found to as many digits as large ones: the scale shrinks first.
  while (low === 0 && high > 0 && !isBelow(high / 2)) high /= 2;
  // Halving stops where no number lies between.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return 2 * high;
}

/** P(a, x), the regularised lower incomplete gamma function (Abramowitz & Stegun 6.5.29 and 6.5.31). */
function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = exp(a * log(x) - x - logGamma(a));
  if (x < a + 1) {
    // x^a e^-x / Γ(a + 1) · (1 + x/(a + 1) + x²/((a + 1)(a + 2)) + …)
    let term = 1 / a;
    let sum = term;
    for (let k = a + 1; term > 1e-17 * sum; k++) {
      term *= x / k;
      sum += term;
    }
    return front * sum;
  }
  // 1 − x^a e^-x / Γ(a) / (x + 1 − a − 1(1 − a)/(x + 3 − a − …)), by Lentz's method
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 1e6; k++) {
    const factor = -k * (k - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * fraction;
}

/** ln Γ(a) for a > 0, by Stirling's series from 20 up. */
function logGamma(a: number): number {
  let shift = 0;
  let z = a;
  for (; z < 20; z++) shift += log(z);
  const inverse = 1 / (z * z);
  const series =
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - inverse / 1188) * inverse) * inverse) * inverse) /
    z;
  return (z - 0.5) * log(z) - z + 0.5 * log(2 * Math.PI) + series - shift;
}
