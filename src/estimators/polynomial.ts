import type { Estimator } from './estimator.ts';
import { extrapolate, SMALLEST, smallestSize } from './extrapolate.ts';
import { GRID } from './fid-infinity.ts';
import { nodes, type Schedule } from './nodes.ts';

/** How the sizes of a schedule are named in a method, and how many they are. */
const SCHEDULES: Readonly<Record<Schedule, { readonly name: string; readonly count: number }>> = {
  // Chong & Forsyth's grid, so that the work is shared with theirs.
  'uniform-n': { name: 'n', count: GRID },
  'uniform-inverse': { name: 'inverse', count: 6 },
  chebyshev: { name: 'chebyshev', count: 6 },
};

/** Ordinary least squares of a polynomial of degree p in 1/n; p = 1 and `uniform-n` is FID_∞. */
export function polynomial(order: number, schedule: Schedule, from = SMALLEST): Estimator {
  return extrapolator('polynomial', order, schedule, () => 1, from);
}

/**
 * VALE_p (Chen, Li, Tian & Zhu 2026, arXiv 2610.07114): the same with weights that allow for the
 * larger variance of smaller draws, Var ∝ 1/n.
 */
export function vale(order: number, schedule: Schedule, from = SMALLEST): Estimator {
  return extrapolator('vale', order, schedule, (size, largest) => size / largest, from);
}

function extrapolator(
  family: 'polynomial' | 'vale',
  order: number,
  schedule: Schedule,
  precision: (size: number, largest: number) => number,
  from: number,
): Estimator {
  const { name, count } = SCHEDULES[schedule];
  const method = `${family}-${order}-${name}`;
  const sizesOf = (rows: number) =>
    nodes(schedule, smallestSize(method, rows, count, from), rows, count);
  const fit = family === 'vale' ? 'variance-aware' : 'least squares';
  return {
    method,
    title: `${fit} polynomial of degree ${order} in 1/n, ${count} sizes (${schedule})`,
    needs: ({ rows }) => ({ prefixes: sizesOf(rows) }),
    estimate: (shared) =>
      extrapolate(shared, { method, sizes: sizesOf(shared.rows), order, precision }),
  };
}
