import { describe, expect, it } from 'vitest';
import { publishedPairs } from '../../../src/answers/correct/pairs.ts';
import { ofSpectrum, referenceConstant } from '../../../src/answers/correct/reference-constant.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import type { FeaturesSide, StatisticsSide } from '../../../src/sides/side.ts';
import { type MechanismName, mechanism } from '../../../src/studies/bake-off/mechanisms.ts';

const algebra = fastAlgebra(1);
const [d, rows] = [16, 4000];
const pairs = publishedPairs();
const side = { path: 'real', sha256: '', dimension: d, extractor: null, close() {} };

async function featuresOf(name: MechanismName): Promise<FeaturesSide> {
  const { draw } = await mechanism(name, true, d, algebra);
  const pool = draw(rows, ['constant', name]);
  return { ...side, ...pool, kind: 'features', featuresPath: '', readRows() {} };
}

describe('the constant of a reference', () => {
  it('is about the Gaussian one of Gaussian features', async () => {
    const found = await referenceConstant(await featuresOf('power-law-1.25'), pairs, algebra);
    expect(found.basis).toBe('fourth-moments');
    expect(Math.abs(found.value - found.gaussian)).toBeLessThan(3 * found.se);
    expect(found.se).toBeLessThan(0.05 * found.gaussian);
  });

  it('is larger by fourth moments of heavy-tailed ones', async () => {
    const found = await referenceConstant(await featuresOf('student-t'), pairs, algebra);
    // Of 8 degrees of freedom the fourth moments are 1.5 times the Gaussian ones; tr P is not raised.
    const trace = d;
    const spectral = (found.value - trace) / (found.gaussian - trace);
    const error = found.se / (found.gaussian - trace);
    expect(Math.abs(spectral - 1.5)).toBeLessThan(3 * error);
    expect(spectral).toBeGreaterThan(1.3);
  });

  it('of statistics reaches from Gaussian tails to those seen on real features', async () => {
    const covariance = Float64Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? 1 : 0));
    const statistics = { mean: new Float64Array(d), covariance };
    const real: StatisticsSide = { ...side, kind: 'statistics', rows: null, statistics };
    const { value, se, gaussian, basis } = await referenceConstant(real, pairs, algebra);
    expect(basis).toBe('spectrum');
    expect(gaussian).toBeCloseTo(d ** 2 / 4 + (5 * d) / 4, 10);
    // On CIFAR-10's features the constant is 1.38 to 1.43 times the Gaussian one.
    for (const times of [1, 1.38, 1.43]) {
      expect(Math.abs(times * gaussian - value)).toBeLessThanOrEqual(1.9601 * se);
    }
    expect(ofSpectrum(gaussian, pairs).value).toBe(value);
  });
});

describe('the sampling of FIDs of another network', () => {
  it('is in the units of its features', async () => {
    const found = await referenceConstant(await featuresOf('isotropic'), pairs, algebra);
    expect(found.unit).toBeCloseTo(found.value / 26_000, 12);
  });
});
