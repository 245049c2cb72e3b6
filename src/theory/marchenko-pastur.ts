/**
 * Mean of √x over the spectrum of a sample covariance of white rows, for many coordinates d and rows
 * N with c = d/N (Marchenko & Pastur 1967, doi 10.1070/SM1967v001n04ABEH001994): what tr S^½ / d comes
 * to. 1 − c/8 − c²/64 − … for small c; 8/(3π) at c = 1.
 *
 * @param c d/N > 0; above 1, where S is singular, its zeros count too
 */
export function meanRootOfSpectrum(c: number): number {
  // With x = 1 + c + 2 √c cos θ the density becomes 2 sin²θ / (π x), whose integral over a half
  // circle the trapezoid rule has to rounding, but for c = 1, where x touches 0.
  const steps = 4096;
  let sum = 0;
  for (let i = 1; i < steps; i++) {
    const angle = (Math.PI * i) / steps;
    const x = 1 + c + 2 * Math.sqrt(c) * Math.cos(angle);
    sum += Math.sin(angle) ** 2 / Math.sqrt(x);
  }
  return (2 * sum) / steps;
}

/**
 * How much tr S^½ of a sample covariance of white rows is short of d times the mean root of the
 * Marchenko–Pastur spectrum, in the limit of many coordinates: the expectation of the central limit
 * theorem of Bai & Silverstein 2004 (doi 10.1214/aop/1078415845) for real rows. c/8 + … for small c.
 *
 * @param c d/n > 0
 */
export function shortOfLimit(c: number): number {
  // The same angle as above; the density's ends weigh a quarter each.
  const steps = 4096;
  const root = (angle: number) => Math.sqrt(1 + c + 2 * Math.sqrt(c) * Math.cos(angle));
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += root((Math.PI * (i + 0.5)) / steps);
  const ends = Math.abs(1 - Math.sqrt(c)) + 1 + Math.sqrt(c);
  return sum / steps / 2 - ends / 4;
}

/**
 * Bias of the plug-in FID of N white Gaussian rows against their own distribution, times N: the
 * mean's share d, the Marchenko–Pastur limit of the covariance's with c = d/(N − 1), and its next term
 * in d. For N ≫ d it is d²/4 + 5d/4, the first-order constant.
 */
export function isotropicBias(dimension: number, size: number): number {
  const c = dimension / (size - 1);
  return dimension + 2 * size * (dimension * (1 - meanRootOfSpectrum(c)) + shortOfLimit(c));
}
