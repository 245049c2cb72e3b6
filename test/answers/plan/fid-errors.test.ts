import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { givenConstant } from '../../../src/answers/correct/bias-constant.ts';
import {
  detectableDifference,
  type FidErrors,
  planCurve,
  planSizes,
  safeSizeForDifference,
  sizeForBias,
  sizeForDifference,
} from '../../../src/answers/plan/fid-errors.ts';
import { distanceOfExactMoments } from '../../../src/draws/exact-moments.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { diagonal } from '../../../src/surrogates/diagonal.ts';
import { surrogateSchema } from '../../../src/surrogates/schema.ts';
import { discrepancy, powerLaw } from '../../../src/surrogates/spectrum.ts';
import { commutingVarianceConstant } from '../../../src/theory/gaussian-moments.ts';

const infinity = Number.POSITIVE_INFINITY;
const USUAL = { power: 0.8, level: 0.05, correlation: 0 };
const errorsOf = (first: number, second = 0, betweenModels = 0): FidErrors => ({
  constant: givenConstant(26_000, 0, []),
  first,
  second,
  betweenModels,
});

describe('sizeForBias', () => {
  it('is C/ε, and more to be sure of C', () => {
    const { size, safeSize } = sizeForBias(givenConstant(26_000, 1000, []), 0.5)!;
    expect(size).toBe(52_000);
    // One-sided 95 %: 1.645 standard errors.
    expect(safeSize).toBe(Math.ceil((26_000 + 1644.85) / 0.5));
  });

  it('counts the bias of a finite reference, which no number of images takes away', () => {
    const constant = givenConstant(26_000, 0, []);
    expect(sizeForBias(constant, 0.52, 50_000)).toBeNull();
    expect(sizeForBias(constant, 1.04, 50_000)).toMatchObject({
      size: 50_000,
      referenceBias: 0.52,
    });
    expect(sizeForBias(givenConstant(26_000, 1000, []), 0.53, 50_000)!.safeSize).toBe(infinity);
  });

  it('has no safe size by a rough constant, and the curve no interval', () => {
    const rough = givenConstant(26_000, 1000, [], { isRough: true });
    expect(sizeForBias(rough, 0.5)).toMatchObject({ size: 52_000, safeSize: null });
    const [point] = planCurve({ ...errorsOf(36), constant: rough }, [5000], USUAL);
    expect(point).toMatchObject({ bias: 5.2, bias_lower: null, bias_upper: null });
  });
});

describe('sizeForDifference', () => {
  it('is the textbook size where the variance is σ²/N', () => {
    // (1.959964 + 0.841621)² · 2 σ² / δ²
    const expected = (1.959964 + 0.841621) ** 2 * 2 * 36;
    const size = sizeForDifference(errorsOf(36), { difference: 1, ...USUAL });
    expect(Math.abs(size - expected)).toBeLessThan(1);
  });

  it('is larger to be sure of a σ² that was measured, and unknown of one that was not', () => {
    const wanted = { difference: 1, ...USUAL };
    expect(safeSizeForDifference(errorsOf(36), wanted)).toBeNull();
    const measured = { ...errorsOf(36), firstLimit: 54 };
    expect(safeSizeForDifference(measured, wanted)).toBe(sizeForDifference(errorsOf(54), wanted));
    const unlimited = { ...measured, firstLimit: infinity };
    expect(safeSizeForDifference(unlimited, wanted)).toBe(infinity);
  });

  it('is the smallest that detects the difference', () => {
    const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, (first, second, difference) => {
        const errors = errorsOf(first, second, 0.04);
        const size = sizeForDifference(errors, { difference, ...USUAL });
        const found = (n: number) => detectableDifference(errors, n, USUAL);
        expect(found(size)).toBeLessThanOrEqual(difference * (1 + 1e-9));
        if (size > 2) expect(found(size - 1)).toBeGreaterThan(difference * (1 - 1e-9));
      }),
    );
  });

  it('refuses a power that no test is too weak for', () => {
    const sizeAt = (power: number, level: number) =>
      sizeForDifference(errorsOf(36), { ...USUAL, difference: 0.3, power, level });
    for (const [power, level] of [
      [0, 0.05],
      [0.02, 0.05],
      [0.025, 0.05],
      [0.8, 0],
      [1, 0.05],
      [0.8, 1],
    ] as [number, number][]) {
      expect(() => sizeAt(power, level)).toThrow(`power ${power} at level ${level}`);
    }
    expect(sizeAt(0.03, 0.05)).toBeGreaterThan(0);
  });

  it('falls with correlation, but not what models differ by in their bias', () => {
    const sizeAt = (correlation: number, betweenModels: number) =>
      sizeForDifference(errorsOf(36, 0, betweenModels), {
        ...USUAL,
        difference: 0.3,
        correlation,
      });
    expect(sizeAt(0.9, 0)).toBeLessThan(sizeAt(0, 0) / 9);
    expect(sizeAt(0.999, 0.04)).toBeGreaterThan(1000);
  });

  it('finds as many differences in simulated models as it promises', async () => {
    const algebra = fastAlgebra(1);
    const d = 5;
    const q = powerLaw(d, 1, 3);
    const model = (term: number) => {
      const spread = { mean_term: term, covariance_term: term, exponent: 1 };
      const surrogate = diagonal(
        surrogateSchema.parse({
          name: 'm',
          dimension: d,
          generated: { kind: 'discrepancy', ...spread },
          reference: { kind: 'power-law', exponent: 1, trace: 3 },
        }),
      );
      const { variances, offset } = discrepancy(q, term, term, 1);
      return { ...surrogate, first: commutingVarianceConstant(q, variances, offset) };
    };
    const [a, b] = [model(0.1), model(0.12)];
    const difference = b.population.distance - a.population.distance;
    const errors = errorsOf((a.first + b.first) / 2);
    const size = sizeForDifference(errors, { difference, ...USUAL });
    const critical = (1.96 / 2.8016) * detectableDifference(errors, size, USUAL);
    const draws = 200;
    let found = 0;
    for (let i = 0; i < draws; i++) {
      const fid = async ({ source }: typeof a, name: string) =>
        (await distanceOfExactMoments(source.geometry, size, ['power', name, i], algebra)).distance;
      if (Math.abs((await fid(b, 'b')) - (await fid(a, 'a'))) > critical) found++;
    }
    expect(Math.abs(found / draws - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / draws));
  });
});

describe('planCurve', () => {
  it('falls as 1/N, within an interval that widens at small N', () => {
    const errors = { ...errorsOf(36), constant: givenConstant(26_000, 600, []) };
    const withOrder = { ...errors.constant, secondOrderScale: 290 };
    const curve = planCurve({ ...errors, constant: withOrder }, [2000, 20_000], USUAL);
    const [small, large] = curve as [(typeof curve)[0], (typeof curve)[0]];
    expect(small.bias / large.bias).toBeCloseTo(10, 12);
    const relative = ({ bias, bias_upper }: typeof small) => bias_upper! / bias - 1;
    expect(relative(small)).toBeGreaterThan(3 * relative(large));
    expect(small.detectable_difference! / large.detectable_difference!).toBeCloseTo(
      Math.sqrt(10),
      12,
    );
  });

  it('has no detectable difference where the spread is not known', () => {
    const [point] = planCurve(errorsOf(0), [5000], USUAL);
    expect(point!.detectable_difference).toBeNull();
  });

  it('has the sizes that were found among its own', () => {
    const sizes = planSizes([123_456, infinity], 2048);
    expect(sizes).toContain(123_456);
    expect(sizes).toEqual([...sizes].sort((x, y) => x - y));
    expect(sizes.at(-1)).toBe(200_000);
    expect(planSizes([], 2048)).toEqual([2000, 5000, 10_000, 20_000, 50_000, 100_000]);
    expect(planSizes([], 16)).toEqual([10, 20, 50, 100, 200, 500]);
  });
});
