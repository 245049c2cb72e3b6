import type { BetweenSums, KernelSums, WithinSums } from './kernel-sums.ts';
import { sum } from './unbiased-mmd.ts';

/** The variance of the U-statistic MMD², in its two orders. */
export interface MmdVariance {
  /** O(1/N): 0 if both distributions are equal; its estimate then scatters around 0. */
  readonly first: number;
  /** O(1/N²): all that remains if they are equal. */
  readonly second: number;
  /** second + max(first, 0). */
  readonly total: number;
}

/**
 * Variance of the unbiased MMD² of m and n rows, from the Hoeffding decomposition of its three means
 * (Hoeffding 1948, doi 10.1214/aoms/1177730196; for m = n Sutherland & Deka 2019, arXiv 1906.02104):
 *
 *   Var = 4/m Var[a(x) − c(x)] + 4/n Var[b(y) − c(y)]
 *       + 2/(m(m−1)) ζ_xx + 2/(n(n−1)) ζ_yy + 4/(mn) ζ_xy
 *
 * where a(x) = E k(x, X), c(x) = E k(x, Y), and ζ are the variances of the part of the kernel that is
 * not a sum of functions of one row. A sum over distinct rows estimates each moment without bias. The
 * total takes the first line as 0 if its estimate is negative: for equal distributions the total is then
 * too large on average, rather than negative.
 *
 * @returns null below four rows per side
 */
export function mmdVariance({ x, y, between }: KernelSums): MmdVariance | null {
  const [m, n] = [x.count, y.count];
  if (Math.min(m, n) < 4) return null;
  const [xx, yy] = [withinMoments(x), withinMoments(y)];
  const turned = { ...between, rows: between.columns, columns: between.rows };
  const fromX = betweenMoments(x, between, n);
  const fromY = betweenMoments(y, turned, m);
  const first =
    (4 / m) * (xx.shared - xx.apart - 2 * (fromX.mixed - fromX.mixedApart) + fromX.shared) +
    (4 / n) * (yy.shared - yy.apart - 2 * (fromY.mixed - fromY.mixedApart) + fromY.shared) -
    (4 / m + 4 / n) * fromX.apart;
  const second =
    (2 / (m * (m - 1))) * (xx.square - 2 * xx.shared + xx.apart) +
    (2 / (n * (n - 1))) * (yy.square - 2 * yy.shared + yy.apart) +
    (4 / (m * n)) * (between.squares / (m * n) - fromX.shared - fromY.shared + fromX.apart);
  return { first, second, total: Math.max(0, first) + Math.max(0, second) };
}

/** E k(x,x')², E k(x,x') k(x,x'') and (E k(x,x'))², without bias. */
function withinMoments({ count: m, rows, squares }: WithinSums) {
  const rowSquares = dot(rows, rows);
  return {
    square: squares / (m * (m - 1)),
    shared: (rowSquares - squares) / (m * (m - 1) * (m - 2)),
    apart: (sum(rows) ** 2 - 4 * rowSquares + 2 * squares) / (m * (m - 1) * (m - 2) * (m - 3)),
  };
}

/** E k(x,y) k(x,y'), (E k(x,y))², E k(x,x') k(x,y) and E k(x,x') E k(x,y), without bias. */
function betweenMoments({ count: m, rows: within }: WithinSums, between: BetweenSums, n: number) {
  const { rows, columns, squares } = between;
  const [byRow, byColumn, mixed] = [dot(rows, rows), dot(columns, columns), dot(within, rows)];
  const total = sum(rows);
  return {
    shared: (byRow - squares) / (m * n * (n - 1)),
    apart: (total ** 2 - byRow - byColumn + squares) / (m * (m - 1) * n * (n - 1)),
    mixed: mixed / (m * (m - 1) * n),
    mixedApart: (sum(within) * total - 2 * mixed) / (m * (m - 1) * (m - 2) * n),
  };
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((total, value, i) => total + value * y[i]!, 0);
}
