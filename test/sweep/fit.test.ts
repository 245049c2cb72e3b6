import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitInverseSize, leastSquares } from '../../src/sweep/fit.ts';
import { estimateRow } from './rows.ts';

/** Rows on a line for each seed: intercept + seed / 10 + slope / N. */
function rowsOf(sizes: readonly number[], seeds: readonly number[], intercept = 5, slope = 26_000) {
  return sizes.flatMap((size) =>
    seeds.map((seed) => estimateRow(seed, size, intercept + seed / 10 + slope / size)),
  );
}

describe('leastSquares', () => {
  it('finds any line again', () => {
    const number = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { minLength: 2, maxLength: 20 }),
        number,
        number,
        (xs, intercept, slope) => {
          const fit = leastSquares(xs.map((x) => ({ x, y: intercept + slope * x })));
          expect(fit.intercept).toBeCloseTo(intercept, 9);
          expect(fit.slope).toBeCloseTo(slope, 9);
        },
      ),
    );
  });

  it('leaves residuals that are orthogonal to the line', () => {
    const points = [1, 5, 2, 8].map((y, x) => ({ x, y }));
    const { intercept, slope } = leastSquares(points);
    const residuals = points.map(({ x, y }) => y - intercept - slope * x);
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 13);
    expect(residuals.reduce((sum, r, x) => sum + r * x, 0)).toBeCloseTo(0, 13);
  });
});

describe('fitInverseSize', () => {
  it('averages the lines of the seeds, with the error of their mean', () => {
    const fit = fitInverseSize(rowsOf([5000, 10_000, 50_000], [1, 2, 3]), 2048, null)!;
    expect(fit.intercept).toBeCloseTo(5.2, 9);
    // Intercepts 5.1, 5.2, 5.3: standard deviation 0.1.
    expect(fit.intercept_se).toBeCloseTo(0.1 / Math.sqrt(3), 9);
    expect(fit.slope).toBeCloseTo(26_000, 5);
    expect(fit.slope_se).toBeCloseTo(0, 5);
    expect(fit.sizes).toEqual([5000, 10_000, 50_000]);
  });

  it('leaves out sizes below two samples a dimension, unless fewer than two remain', () => {
    const rows = rowsOf([1000, 4095, 4096, 10_000], [1, 2]);
    expect(fitInverseSize(rows, 2048, null)!.sizes).toEqual([4096, 10_000]);
    expect(fitInverseSize(rows, 4096, null)!.sizes).toEqual([1000, 4095, 4096, 10_000]);
  });

  it('leaves out the one draw of a whole pool', () => {
    const rows = [...rowsOf([100, 200], [1, 2]), estimateRow(1, 400, 99)];
    const fit = fitInverseSize(rows, 10, 400)!;
    expect(fit.sizes).toEqual([100, 200]);
    expect(fit.intercept).toBeCloseTo(5.15, 9);
  });

  it('counts seeds with a draw of every size only', () => {
    const rows = rowsOf([100, 200, 400], [1, 2, 3]).map((row) =>
      row.seed === 3 && row.size === 200 ? estimateRow(3, 200, null) : row,
    );
    const fit = fitInverseSize(rows, 10, null)!;
    expect(fit.intercept).toBeCloseTo(5.15, 9);
    expect(fitInverseSize(rowsOf([100, 200], [1]), 10, null)!.intercept_se).toBeNull();
  });

  it('is null without two sizes, or without a seed that has them all', () => {
    expect(fitInverseSize([], 10, null)).toBeNull();
    expect(fitInverseSize(rowsOf([100], [1, 2]), 10, null)).toBeNull();
    expect(fitInverseSize(rowsOf([100, 200], [1, 2]), 10, 200)).toBeNull();
    const rows = [estimateRow(1, 100, 5), estimateRow(1, 200, null), estimateRow(2, 200, 5)];
    expect(fitInverseSize(rows, 10, null)).toBeNull();
  });
});
