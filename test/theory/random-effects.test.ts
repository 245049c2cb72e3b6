import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { effectWeights, pooledSpread } from '../../src/theory/random-effects.ts';
import { studentTQuantile } from '../../src/theory/student-t.ts';

const exactly = (values: readonly number[]) => values.map((value) => ({ value, se: 1e-9 * value }));

describe('pooledSpread', () => {
  it('is the standard deviation of logarithms where nothing is lost to sampling', () => {
    const [low, high] = [Math.exp(-0.1), Math.exp(0.1)];
    expect(pooledSpread([exactly([low, high])])!.spread).toBeCloseTo(0.1 * Math.SQRT2, 8);
    // Two groups of their own means: no spread between the groups is counted.
    const groups = [exactly([low, high]), exactly([100 * low, 100 * high])];
    expect(pooledSpread(groups)).toMatchObject({ degrees: 2 });
    expect(pooledSpread(groups)!.spread).toBeCloseTo(0.1 * Math.SQRT2, 8);
  });

  it('is 0 where sampling explains all, and null without two of a group', () => {
    const noisy = [9, 10, 11].map((value) => ({ value, se: 2 }));
    expect(pooledSpread([noisy])).toEqual({ spread: 0, degrees: 2 });
    expect(pooledSpread([exactly([1]), exactly([2])])).toBeNull();
  });

  it('has no unit', () => {
    const positive = fc.double({ min: 1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 2, maxLength: 5 }), positive, (values, unit) => {
        const of = (scale: number) =>
          pooledSpread([values.map((value) => ({ value: scale * value, se: 0.05 * scale }))]);
        expect(of(unit)!.spread).toBeCloseTo(of(1)!.spread, 9);
      }),
    );
  });

  it('makes intervals for a new model that hold 95 %, of few sources and unequal errors', () => {
    // Four groups as published pairs have them; τ of 5 %, errors of 1 to 20 %.
    const errors = [
      [0.02, 0.01, 0.15, 0.12, 0.2, 0.3],
      [0.04, 0.01],
      [0.01, 0.02],
      [0.3, 0.03],
    ];
    const normals = normalSource(stream('random effects'));
    const [spread, repetitions] = [0.05, 1000];
    let held = 0;
    for (let i = 0; i < repetitions; i++) {
      const groups = errors.map((of) =>
        of.map((se) => {
          const value = Math.exp(spread * normals.next() + se * normals.next());
          return { value, se: se * value };
        }),
      );
      const found = pooledSpread(groups)!;
      const tau = Math.max(0.03, found.spread);
      const group = groups[1]!;
      const weights = effectWeights(group, tau);
      const total = weights[0]! + weights[1]!;
      const mean = group.reduce((sum, { value }, k) => sum + weights[k]! * Math.log(value), 0);
      const half = studentTQuantile(0.975, found.degrees) * Math.hypot(tau, 1 / Math.sqrt(total));
      if (Math.abs(mean / total - spread * normals.next()) < half) held++;
    }
    // 94 % of 1,000: the floor and Student’s t make up for a τ that few sources tell.
    expect(held / repetitions).toBeGreaterThan(0.92);
    expect(held / repetitions).toBeLessThan(0.99);
  });
});
