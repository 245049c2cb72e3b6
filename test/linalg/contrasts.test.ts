import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnMeans, contrasts } from '../../src/linalg/contrasts.ts';
import { largestDifference } from './matrices.ts';
import { plainGemm, plainMoments, randomMatrix } from './plain.ts';

describe('contrasts', () => {
  it('are one row fewer, with the same scatter about the mean', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        async (rows, columns) => {
          const z = randomMatrix(rows, columns, rows, columns);
          const { mean, covariance } = plainMoments(z);
          const y = contrasts(z, mean);
          expect(y).toMatchObject({ rows: rows - 1, columns });
          const { data } = await plainGemm.multiply(y, y, { transposeA: true });
          const scatter = covariance.map((value) => value * (rows - 1));
          expect(largestDifference(data, scatter)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of two rows are their difference over √2', () => {
    const z = { data: Float64Array.of(1, 5, 3, 4), rows: 2, columns: 2 };
    const [first, second] = contrasts(z, Float64Array.of(2, 4.5)).data;
    expect(Math.abs(first!)).toBeCloseTo(Math.SQRT2, 14);
    expect(Math.abs(second!)).toBeCloseTo(Math.SQRT1_2, 14);
  });

  it('of equal rows are zero, and rows are not changed', () => {
    const z = { data: Float64Array.of(2, 3, 2, 3, 2, 3), rows: 3, columns: 2 };
    expect(contrasts(z, columnMeans(z)).data).toEqual(new Float64Array(4));
    expect(z.data).toEqual(Float64Array.of(2, 3, 2, 3, 2, 3));
  });
});

describe('columnMeans', () => {
  it('averages over the rows', () => {
    const z = { data: Float64Array.of(1, 10, 2, 20, 6, 0), rows: 3, columns: 2 };
    expect(columnMeans(z)).toEqual(Float64Array.of(3, 10));
  });
});
