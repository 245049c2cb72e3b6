import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { performance } from '../../src/theory/performance.ts';
import { mean, variance } from '../../src/theory/statistics.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });

const SWEEPS = 1000;

describe('performance', () => {
  it('is bias, spread and their root mean square of a small example by hand', () => {
    const { mean, bias, variance, empirical_se, mse, rmse } = performance([1, 2, 3], 1);
    expect([mean.value, bias.value]).toEqual([2, 1]);
    expect(mean.mcse).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(bias.mcse).toBe(mean.mcse);
    expect(variance.value).toBe(1);
    // Three draws say nothing of tails: s² √(2/(K − 1)), as for normal draws.
    expect(variance.mcse).toBeCloseTo(1, 14);
    expect(empirical_se).toMatchObject({ value: 1, mcse: 0.5 });
    // R: qt(0.975, 2) / sqrt(3); 2 / qchisq(c(0.975, 0.025), 2)
    expect(mean.upper! - 2).toBeCloseTo(2.48413771175, 10);
    expect(variance.lower).toBeCloseTo(0.27108503068, 10);
    expect(variance.upper).toBeCloseTo(39.497890205, 8);
    expect(empirical_se.lower).toBe(Math.sqrt(variance.lower!));
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
    const rest = { mcse: null, lower: null, upper: null };
    expect(performance([3], 1)).toEqual({
      mean: { value: 3, ...rest },
      bias: { value: 2, ...rest },
      variance: { value: null, ...rest },
      empirical_se: { value: null, ...rest },
      mse: { value: 4, ...rest },
      rmse: { value: 2, ...rest },
    });
  });

  it('of equal draws has no spread, and no error', () => {
    const measures = performance([2, 2, 2], 2);
    for (const { value, mcse } of [measures.variance, measures.empirical_se, measures.mse]) {
      expect([value, mcse]).toEqual([0, 0]);
    }
    expect(measures.rmse).toEqual({ value: 0, mcse: null, lower: 0, upper: 0 });
  });

  /** Share of 1,000 sweeps whose 95 % interval holds the true value, of each measure. */
  function coverage(k: number, theta: number, draw: (normals: Float64Array) => number[]) {
    const normals = normalSource(stream(`coverage of ${k}`));
    const held = { mean: 0, bias: 0, variance: 0, empirical_se: 0, mse: 0, rmse: 0 };
    const truth = {
      mean: 0,
      bias: -theta,
      variance: 1,
      empirical_se: 1,
      mse: 1 + theta ** 2,
      rmse: Math.sqrt(1 + theta ** 2),
    };
    const names = Object.keys(truth) as (keyof typeof truth)[];
    for (let run = 0; run < SWEEPS; run++) {
      const measures = performance(draw(normals.fill(new Float64Array(9 * k))), theta);
      for (const name of names) {
        const { lower, upper } = measures[name];
        if (lower! <= truth[name] && truth[name] <= upper!) held[name] += 1 / SWEEPS;
      }
    }
    return held;
  }
  // Standard errors of the shares: 0.007.
  const normal = (k: number) => (z: Float64Array) => Array.from(z.subarray(0, k));
  const student = (k: number, degrees: number) => (z: Float64Array) =>
    Array.from({ length: k }, (_, i) => {
      const squares = z.subarray(k + i * degrees, k + (i + 1) * degrees);
      const chi = squares.reduce((sum, value) => sum + value * value, 0);
      return (z[i]! / Math.sqrt(chi / degrees)) * Math.sqrt((degrees - 2) / degrees);
    });

  it.each([2, 10])('gives intervals that hold the truth in 95 of 100 sweeps of %i draws', (k) => {
    for (const theta of [0, 1]) {
      for (const [name, share] of Object.entries(coverage(k, theta, normal(k)))) {
        expect(share, `${name} at θ = ${theta}`).toBeGreaterThan(0.93);
        // MSE without a bias: its lower limit is 0 too often.
        if (theta !== 0 || !/mse/.test(name)) expect(share, name).toBeLessThan(0.985);
      }
    }
  });

  it.each([10])(
    'gives intervals that hold it in 9 of 10 sweeps of %i draws with heavy tails',
    (k) => {
      const held = coverage(k, 0, student(k, 8));
      expect(held.mean).toBeGreaterThan(0.93);
      expect(held.variance).toBeGreaterThan(0.905);
      expect(coverage(k, 0, student(k, 5)).variance).toBeGreaterThan(0.88);
    },
  );

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
