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
 * Bias of the plug-in FID of N white Gaussian rows against their own distribution, times N: the
 * Marchenko–Pastur limit in d, with the mean's share d. For N ≫ d it is d²/4 + d, the first-order
 * constant but for d/4.
 */
export function isotropicBias(dimension: number, size: number): number {
  const c = dimension / size;
  return dimension + 2 * size * dimension * (1 - meanRootOfSpectrum(c));
}
