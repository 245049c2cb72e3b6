import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HelmertContrasts } from '../../src/estimators/helmert-contrasts.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainGemm, plainMoments } from '../linalg/plain.ts';
import { randomRows } from '../metrics/gaussians.ts';

describe('HelmertContrasts', () => {
  it('have the scatter of the rows about their mean, however the rows are cut up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 20 }),
        async (n, d, seed, block) => {
          const x = randomRows(n!, d!, seed!);
          const contrasts = new HelmertContrasts(d!);
          const out = new Float64Array((n! - 1) * d!);
          let to = 0;
          for (let start = 0; start < n!; start += block!) {
            const count = Math.min(block!, n! - start);
            const rows = x.data.subarray(start * d!);
            to += contrasts.take(rows, count, out.subarray(to * d!));
          }
          expect([to, contrasts.count]).toEqual([n! - 1, n]);
          const y = { data: out, rows: to, columns: d! };
          const square = await plainGemm.multiply(y, y, { transposeA: true });
          const { mean, covariance } = plainMoments(x);
          const expected = covariance.map((value) => value * (n! - 1));
          expect(largestDifference(square.data, expected)).toBeLessThan(1e-12);
          expect(largestDifference(contrasts.mean(), mean)).toBeLessThan(1e-14);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('do not change with the mean of the rows', () => {
    const x = randomRows(6, 2, 'x');
    const [plain, shifted] = [x.data, x.data.map((value) => value + 8)].map((data) => {
      const out = new Float64Array(10);
      new HelmertContrasts(2).take(data, 6, out);
      return out;
    });
    expect(largestDifference(plain!, shifted!)).toBeLessThan(1e-13);
  });
});
