import { exp, log, log1p, power } from '../kernels/elementary.ts';
/**
 * Quantile of Student's t distribution: the factor of an interval whose spread was itself estimated
 * from few values. By bisection of the distribution function; accurate to about 1e-12.
 *
 * @param p probability between 0 and 1, exclusive
 * @param degrees of freedom, positive; Infinity gives the normal quantile
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1) || !(degrees > 0)) {
    throw new RangeError(`no t quantile of p = ${p} with ${degrees} degrees of freedom`);
  }
  if (p < 0.5) return -studentTQuantile(1 - p, degrees);
  let [low, high] = [0, 1];
  while (studentTDistribution(high, degrees) < p) [low, high] = [high, 2 * high];
  // Halving stops where no number lies between.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentTDistribution(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return high;
}

/** P(T ≤ t) for t ≥ 0: 1 − ½ I_x(ν/2, ½) with x = ν/(ν + t²). */
function studentTDistribution(t: number, degrees: number): number {
  // From here on the t distribution is the normal one to 1e-9.
  const nu = Math.min(degrees, 1e9);
  const square = t * t;
  const [a, b] = [nu / 2, 0.5];
  const x = nu / (nu + square);
  const y = square / (nu + square);
  const front = exp(logBetaFactor(a) + a * log1p(-y) + b * log(y));
  // The fraction converges fast on the side of the mean.
  const tail =
    x < (a + 1) / (a + b + 2)
      ? (front * betaFraction(a, b, x)) / a
      : 1 - (y === 0 ? 0 : (front * betaFraction(b, a, y)) / b);
  return 1 - tail / 2;
}

/** −ln B(a, ½) = ln Γ(a + ½) − ln Γ(a) − ln √π, from Stirling's series of the ratio. */
function logBetaFactor(a: number): number {
  // Γ(a + 1/2)/Γ(a) = (a/(a + 1/2)) · Γ(a + 3/2)/Γ(a + 1): up to where the series is accurate.
  let shift = 0;
  let z = a;
  while (z < 20) {
    shift += log(z / (z + 0.5));
    z++;
  }
  const inverse = 1 / z;
  const series =
    0.5 * log(z) -
    inverse / 8 +
    power(inverse, 3) / 192 -
    power(inverse, 5) / 640 +
    (17 * power(inverse, 7)) / 14336;
  return shift + series - log(Math.PI) / 2;
}

/** Continued fraction of the incomplete beta function (Lentz; Numerical Recipes, 6.4). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const guarded = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) return fraction;
  }
  return fraction;
}
