import { describe, expect, it } from 'vitest';
import { published, targets } from '../../../src/studies/calibration/targets.ts';
import { loadSurrogate } from '../../../src/surrogates/load.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
} from '../../../src/theory/gaussian-moments.ts';

const { definition, population, roots, source } = await loadSurrogate('cifar10-cfm');
const { offset, map, whitened } = source.geometry;
if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') throw new Error('not diagonal');
const p = map.values.map((value) => value ** 2);
const q = whitened.values.map((value, i) => value ** 2 / p[i]!);
const C = gaussianBiasConstant(population.traceGenerated, roots);

describe('the built-in surrogate cifar10-cfm', () => {
  it('is a power law of exponent 1.25 in 2048 dimensions', () => {
    expect(source.geometry.dimension).toBe(2048);
    expect(q[0]! / q[2047]!).toBeCloseTo(2048 ** 1.25, 6);
    expect(q[9]! / q[99]!).toBeCloseTo(10 ** 1.25, 9);
  });

  it('differs from its reference half by mean, half by covariance', () => {
    expect(population.meanTerm / population.distance).toBeCloseTo(0.5, 12);
    const { traceReference, traceGenerated, traceSqrt } = population;
    expect(traceReference + traceGenerated - 2 * traceSqrt).toBeCloseTo(population.meanTerm, 9);
    // Larger and smaller variances in turn.
    for (let i = 0; i < 2048; i++) expect(p[i]! > q[i]!).toBe(i % 2 === 0);
  });

  it('falls by 2.07 from 10,000 to 50,000, but for the second order', () => {
    const { sizes, value } = targets.difference;
    const [small, large] = sizes;
    // D/N² is negative at N/d = 5: first-order theory alone is a few per cent too high.
    const first = C / small - C / large;
    expect(Math.abs(first / value - 1)).toBeLessThan(0.05);
  });

  it('has an expected FID of 5.12 at 50,000', () => {
    const { size, value } = targets.level;
    expect(Math.abs(population.distance + C / size - value)).toBeLessThan(0.02);
  });

  it('predicts 9.75 at 5,000 to the few per cent that first-order theory allows', () => {
    expect(Math.abs((population.distance + C / 5000) / 9.75 - 1)).toBeLessThan(0.05);
  });

  it('has a standard deviation of 0.1 at 10,000', () => {
    const { size, value } = targets.spread;
    const sd = Math.sqrt(commutingVarianceConstant(q, p, offset) / size);
    expect(Math.abs(sd / value - 1)).toBeLessThan(1e-4);
  });

  it('says what it was fitted to, and that 9.75 was not among it', () => {
    expect(definition.published).toEqual(published);
    const { calibration } = definition;
    const fitted = calibration!.targets as typeof targets;
    expect(fitted.difference.value).toBeCloseTo(targets.difference.value, 12);
    expect({ ...fitted, difference: 0 }).toEqual({ ...targets, difference: 0 });
    expect(JSON.stringify(fitted)).not.toContain('9.75');
    expect(calibration!.not_used).toContain('9.75');
  });
});
