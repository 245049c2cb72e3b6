import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { kernelSums } from '../../src/metrics/kernel-sums.ts';
import { kid } from '../../src/metrics/kid.ts';
import { mmdVariance } from '../../src/metrics/mmd-variance.ts';
import { FEATURES, golden, goldenRows, lacksGolden } from '../golden.ts';
import { plainAlgebra, plainGemm, randomMatrix } from '../linalg/plain.ts';
import { featuresOf } from './feature-pools.ts';

describe('mmdVariance', () => {
  it.each([
    ['different', 0.35],
    ['equal', 0],
  ])('is the variance over repeated samples, of %s distributions', async (_, shift) => {
    const repetitions = 1500;
    const [values, firsts, seconds, totals]: number[][] = [[], [], [], []];
    for (let seed = 0; seed < repetitions; seed++) {
      const x = randomMatrix(30, 6, 'x', seed);
      const y = randomMatrix(45, 6, 'y', seed);
      for (let k = 0; k < y.data.length; k++) y.data[k]! += shift;
      const sums = await kernelSums(featuresOf(x), featuresOf(y), plainGemm);
      values!.push((await kid(featuresOf(x), featuresOf(y), { algebra: plainAlgebra })).kid);
      const { first, second, total } = mmdVariance(sums)!;
      firsts!.push(first);
      seconds!.push(second);
      totals!.push(total);
    }
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const centre = mean(values!);
    const variance = mean(values!.map((value) => (value - centre) ** 2));
    // A variance over 1,500 samples is known to 5 % with these tails, its estimate's mean better.
    const unbiased = mean(firsts!) + mean(seconds!);
    expect(Math.abs(unbiased / variance - 1)).toBeLessThan(0.15);
    // Cut off at zero it errs to the safe side, and never by much.
    expect(mean(totals!) / variance).toBeGreaterThan(0.85);
    expect(mean(totals!) / variance).toBeLessThan(shift > 0 ? 1.15 : 1.7);
  });
});

const VALUES = 'fid-values.json';

describe.skipIf(lacksGolden(VALUES, FEATURES))('kid on real features', () => {
  it.each([
    ['first5000_vs_rows5000_6000', 5000, 6000, 2048],
    ['first2500_vs_rows2500_5000_dims0_64', 2500, 5000, 64],
  ])('equals the golden value of %s to 1e-14', async (name, start, end, d) => {
    const values = JSON.parse(readFileSync(golden(VALUES), 'utf8'));
    const [x, y] = [goldenRows(0, start, d), goldenRows(start, end, d)];
    const found = await kid(featuresOf(x), featuresOf(y), { algebra: sharedAlgebra() });
    expect(Math.abs(found.kid - values[name].kid_full)).toBeLessThan(1e-14);
    // Parts of one set: nothing but scatter.
    expect(Math.abs(found.kid)).toBeLessThan(3 * found.se!);
  });
});
