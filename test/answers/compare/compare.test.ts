import { describe, expect, it } from 'vitest';
import { compareSets } from '../../../src/answers/compare/compare.ts';
import { differenceModel } from '../../../src/answers/compare/difference.ts';
import { setDistances } from '../../../src/answers/compare/set-distances.ts';
import type { RowInfluences } from '../../../src/theory/row-moments.ts';
import { plainAlgebra as algebra } from '../../linalg/plain.ts';
import { featuresOf } from '../../metrics/feature-pools.ts';
import { correlated, generated, latents, reference } from './draws.ts';

const N = 400;
const z = latents(N, 'fast');
const options = { sizes: [60], seeds: [0], referenceRows: null, algebra };
const set = (name: string, correlation: number, offset: number) => ({
  name,
  features: featuresOf(generated(correlated(z, correlation, name), offset)),
});
const a = { name: 'a', features: featuresOf(generated(z, 0.3)) };
const none: RowInfluences = {
  influence: new Float64Array(N),
  diagonal: new Float64Array(N),
  pairs: new Float64Array(2048),
};

describe('differenceModel', () => {
  it('is the variance model of a set where there is no other, and nothing of a set with itself', async () => {
    const { variance, influences } = await setDistances(a, reference, options);
    const alone = differenceModel(influences, none, null);
    for (const name of ['first', 'second', 'diagonal', 'covariance'] as const) {
      expect(Math.abs(alone[name] / variance[name] - 1)).toBeLessThan(1e-9);
    }
    const itself = differenceModel(influences, influences, null);
    expect(itself).toMatchObject({ first: 0, second: 0, diagonal: 0, covariance: 0 });
  });
});

describe('compareSets of rows that correspond', () => {
  const compare = (sets: (typeof a)[], paired: boolean, basis: 'infinity' | { size: number }) =>
    compareSets(sets, reference, { ...options, basis, paired });

  it('is the surer the more they correlate, at N and at infinity, and as sure as independent sets if not', async () => {
    for (const basis of [{ size: N }, { size: 60 }, 'infinity'] as const) {
      const se = async (correlation: number, paired: boolean) =>
        (await compare([a, set('b', correlation, 0.5)], paired, basis)).pairs[0]!;
      const apart = await se(0.95, false);
      const together = await se(0.95, true);
      expect(apart.correlation).toBeNull();
      expect(together.difference).toBe(apart.difference);
      expect(together.correlation).toBeGreaterThan(0.7);
      expect(together.se / apart.se).toBeLessThan(0.6);
      const unrelated = await se(0, true);
      const independent = await se(0, false);
      // The covariance of 400 rows is known to within 1/√400.
      expect(Math.abs(unrelated.correlation!)).toBeLessThan(0.2);
      expect(Math.abs(unrelated.se / independent.se - 1)).toBeLessThan(0.12);
    }
  });

  it('refuses rows that cannot correspond', async () => {
    const fewer = { name: 'b', features: featuresOf(generated(latents(N - 1, 'few'), 0.5)) };
    const sizes = compare([a, fewer], true, { size: 60 });
    await expect(sizes).rejects.toThrow('paired sets of 400 (a) and 399 images (b)');
    const classes = (last: number) => Uint32Array.from({ length: N }, (_, i) => (i < last ? 0 : 1));
    const other = [
      { ...a, classes: classes(200) },
      { ...set('b', 1, 0.5), classes: classes(201) },
    ];
    await expect(compare(other, true, { size: 60 })).rejects.toThrow('of different classes');
  });
});
