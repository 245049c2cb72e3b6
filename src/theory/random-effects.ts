import { log } from '../kernels/elementary.ts';

/** An estimate with its standard error. */
export interface Effect {
  readonly value: number;
  readonly se: number;
}

/** How true values differ around the mean of their group, as a share of it. */
export interface PooledSpread {
  /** τ: a standard deviation of logarithms. */
  readonly spread: number;
  /** Σ (n − 1) over groups: the interval is Student's t with these. */
  readonly degrees: number;
}

/**
 * The spread of true values between sources, one τ for all groups: Paule and Mandel's (1982) estimate
 * on logarithms, where Σ (y − ȳ)²/(se² + τ²) equals its degrees of freedom; 0 where sampling alone
 * explains what is seen. At the solution the factor of Hartung and Knapp is 1, below it the factor
 * would shrink the interval, which a mean of two sources does not deserve (Röver et al. 2015).
 *
 * @returns null if no group has two members
 */
export function pooledSpread(groups: readonly (readonly Effect[])[]): PooledSpread | null {
  const degrees = groups.reduce((total, group) => total + Math.max(0, group.length - 1), 0);
  if (degrees === 0) return null;
  const excess = (spread: number) =>
    groups.reduce((total, group) => total + heterogeneity(group, spread), 0) - degrees;
  if (excess(0) <= 0) return { spread: 0, degrees };
  let [low, high] = [0, 1];
  while (excess(high) > 0) [low, high] = [high, 2 * high];
  // Halving stops where no number lies between.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return { spread: high, degrees };
}

/** Weights of the mean of a group: 1/(se² + τ²), in shares of each value. */
export function effectWeights(group: readonly Effect[], spread: number): number[] {
  return group.map(({ value, se }) => 1 / ((se / value) ** 2 + spread * spread));
}

/** Cochran's Q of the logarithms, about their weighted mean. */
function heterogeneity(group: readonly Effect[], spread: number): number {
  const weights = effectWeights(group, spread);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logs = group.map(({ value }) => log(value));
  const mean = logs.reduce((sum, y, i) => sum + weights[i]! * y, 0) / total;
  return logs.reduce((sum, y, i) => sum + weights[i]! * (y - mean) ** 2, 0);
}
