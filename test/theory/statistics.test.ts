import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { mean, performance, variance } from '../../src/theory/statistics.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });

describe('variance', () => {
  it('divides by n − 1, and one value has none', () => {
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 14);
    expect(variance([5])).toBeNull();
    expect(variance([5, 5])).toBe(0);
  });

  it('does not change under a shift, and scales as a square', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -100, max: 100 }), (list, shift) => {
        const s2 = variance(list)!;
        expect(variance(list.map((value) => value + shift))).toBeCloseTo(s2, 6);
        expect(variance(list.map((value) => value * 4))).toBeCloseTo(16 * s2, 6);
      }),
    );
  });
});

describe('performance', () => {
  it('is bias, spread and their root mean square of a small example by hand', () => {
    const { mean, bias, variance, empirical_se, mse, rmse } = performance([1, 2, 3], 1);
    expect([mean.value, bias.value]).toEqual([2, 1]);
    expect(mean.mcse).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(bias.mcse).toBe(mean.mcse);
    expect(variance.value).toBe(1);
    // Kurtosis of three equally spaced values: (2/3) / (2/3)² = 1.5.
    expect(variance.mcse).toBeCloseTo(Math.sqrt(0.5 / 3), 14);
    expect(empirical_se).toEqual({ value: 1, mcse: 0.5 });
    // Squares 0, 1, 4 with mean 5/3: deviations 25/9, 4/9, 49/9.
    expect(mse.value).toBeCloseTo(5 / 3, 14);
    expect(mse.mcse).toBeCloseTo(Math.sqrt(78 / 9 / 6), 14);
    expect(rmse.value).toBeCloseTo(Math.sqrt(5 / 3), 14);
    expect(rmse.mcse).toBeCloseTo(mse.mcse! / (2 * Math.sqrt(5 / 3)), 14);
  });

  it('adds up: MSE = bias² + variance (K − 1)/K', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -1000, max: 1000 }), (list, theta) => {
        const { bias, variance, mse } = performance(list, theta);
        const k = list.length;
        const expected = bias.value ** 2 + (variance.value! * (k - 1)) / k;
        expect(Math.abs(mse.value - expected)).toBeLessThan(1e-9 * (1 + expected));
      }),
    );
  });

  it('of one draw has a bias, but no spread and no errors', () => {
    expect(performance([3], 1)).toEqual({
      mean: { value: 3, mcse: null },
      bias: { value: 2, mcse: null },
      variance: { value: null, mcse: null },
      empirical_se: { value: null, mcse: null },
      mse: { value: 4, mcse: null },
      rmse: { value: 2, mcse: null },
    });
  });

  it('of equal draws has no spread, and no error', () => {
    const measures = performance([2, 2, 2], 2);
    for (const { value, mcse } of [measures.variance, measures.empirical_se, measures.mse]) {
      expect([value, mcse]).toEqual([0, 0]);
    }
    expect(measures.rmse).toEqual({ value: 0, mcse: null });
  });

  it('reports errors that are the spread of its measures over repetitions', () => {
    // 2000 repetitions of 150 normal estimates: the stated error against the one observed.
    const normals = normalSource(stream('performance'));
    const runs = Array.from({ length: 2000 }, () =>
      performance(Array.from(normals.fill(new Float64Array(150))), -1),
    );
    for (const measure of ['bias', 'variance', 'empirical_se', 'mse', 'rmse'] as const) {
      const observed = Math.sqrt(variance(runs.map((run) => run[measure].value!))!);
      const stated = mean(runs.map((run) => run[measure].mcse!));
      expect(stated / observed).toBeGreaterThan(0.93);
      expect(stated / observed).toBeLessThan(1.07);
    }
  });
});
