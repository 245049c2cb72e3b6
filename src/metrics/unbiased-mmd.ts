import type { KernelSums } from './kernel-sums.ts';

/**
 * MMD² as a U-statistic (Gretton et al. 2012, JMLR 13, eq. 3): the mean kernel over pairs of distinct
 * rows within each sample, less twice the mean over pairs of one row of each.
 */
export function unbiasedMmd({ x, y, between }: KernelSums): number {
  const [m, n] = [x.count, y.count];
  return (
    sum(x.rows) / (m * (m - 1)) + sum(y.rows) / (n * (n - 1)) - (2 * sum(between.rows)) / (m * n)
  );
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
