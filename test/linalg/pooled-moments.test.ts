import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { withoutPart } from '../../src/linalg/pooled-moments.ts';
import { momentsOfFeatures } from '../../src/metrics/features.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { randomRows } from '../metrics/gaussians.ts';

const algebra = fastAlgebra(1);

describe('withoutPart', () => {
  it('gives the moments of the rows that remain', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 60 }),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, left, d) => {
          fc.pre(left <= rows / 2);
          const all = randomRows(rows, d, `pooled ${rows} ${left}`);
          const part = (start: number, count: number) =>
            featuresOf({
              data: all.data.slice(start * d, (start + count) * d),
              rows: count,
              columns: d,
            });
          const whole = await momentsOfFeatures(featuresOf(all), algebra);
          const removed = await momentsOfFeatures(part(0, left), algebra);
          const expected = await momentsOfFeatures(part(left, rows - left), algebra);
          const found = withoutPart(whole, removed);
          expect(found.count).toBe(rows - left);
          for (const [i, value] of expected.mean.entries())
            expect(found.mean[i]).toBeCloseTo(value, 12);
          for (const [k, value] of expected.covariance.data.entries()) {
            expect(found.covariance.data[k]).toBeCloseTo(value, 11);
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});
