import { describe, expect, it } from 'vitest';
import { compareSets } from '../../src/comparison/compare.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { plainAlgebra as algebra, plainMoments, randomMatrix } from '../linalg/plain.ts';
import { diagonalStatistics } from '../metrics/gaussians.ts';
import { featuresOf } from '../sources/pools.ts';

const d = 4;
const variances = Float64Array.of(1, 0.6, 0.4, 0.3);
const population = diagonalStatistics(new Float64Array(d), variances);
const reference = referenceOfStatistics(population, algebra);

/** Images of a generator whose means are off by `offset` standard deviations. */
function draw(rows: number, offset: number, ...key: (string | number)[]): Matrix {
  const x = randomMatrix(rows, d, 'compare', offset, ...key);
  for (let k = 0; k < x.data.length; k++) {
    x.data[k] = (x.data[k]! + offset) * Math.sqrt(variances[k % d]!);
  }
  return x;
}

const [A, B, N, SMALL] = [0.3, 0.36, 400, 60];

describe('compareSets', () => {
  it('has intervals that hold the true difference, and the true chance of a reversal', async () => {
    const truth = (B ** 2 - A ** 2) * variances.reduce((sum, value) => sum + value, 0);
    const repetitions = 100;
    let [covered, predicted] = [0, 0];
    for (let seed = 0; seed < repetitions; seed++) {
      const sets = [
        { name: 'a', features: featuresOf(draw(N, A, seed, 'a')) },
        { name: 'b', features: featuresOf(draw(N, B, seed, 'b')) },
      ];
      const { pairs } = await compareSets(sets, reference, {
        ...{ basis: { size: N }, sizes: [SMALL], seeds: [0, 1, 2], referenceRows: null, algebra },
      });
      const { better, difference, se, reversals } = pairs[0]!;
      const signed = better === 'a' ? difference : -difference;
      if (Math.abs(signed - truth) < 1.96 * se) covered++;
      const { probability } = reversals[0]!;
      // A comparison that got it wrong at N calls the right order a reversal.
      predicted += (better === 'a' ? probability : 1 - probability) / repetitions;
    }
    expect(covered / repetitions).toBeGreaterThan(0.88);
    expect(covered / repetitions).toBeLessThanOrEqual(0.99);
    let reversed = 0;
    const draws = 600;
    for (let seed = 0; seed < draws; seed++) {
      const of = async (offset: number) =>
        (await frechetDistance(population, plainMoments(draw(SMALL, offset, 'new', seed)), algebra))
          .distance;
      if ((await of(A)) > (await of(B))) reversed++;
    }
    expect(reversed / draws).toBeGreaterThan(0.1);
    // What is not known of the difference draws the chance towards a half, never away from it.
    expect(predicted - reversed / draws).toBeGreaterThan(-0.04);
    expect(predicted - reversed / draws).toBeLessThan(0.12);
  });
});
