import type { Estimator } from './estimator.ts';
import { extrapolate, SMALLEST, smallestSize } from './extrapolate.ts';
import { nodes } from './nodes.ts';

/** Sizes of Chong & Forsyth's grid. */
export const GRID = 15;

/**
 * FID_∞ (Chong & Forsyth 2020, arXiv 1911.07023): the intercept of FID on 1/n by ordinary least
 * squares, at 15 sizes evenly spread from 5,000 to N. Theirs are draws of their own; ours are
 * prefixes of one shuffled pool, which saves the work and the noise between them.
 *
 * @param from smallest size; half of the pool where that is less
 */
export function fidInfinity(from = SMALLEST): Estimator {
  const method = 'fid-infinity';
  const sizesOf = (rows: number) =>
    nodes('uniform-n', smallestSize(method, rows, GRID, from), rows, GRID);
  return {
    method,
    title: 'least squares line in 1/n, 15 sizes (Chong & Forsyth)',
    needs: ({ rows }) => ({ prefixes: sizesOf(rows) }),
    estimate: (shared) =>
      extrapolate(shared, { method, sizes: sizesOf(shared.rows), order: 1, precision: () => 1 }),
  };
}
