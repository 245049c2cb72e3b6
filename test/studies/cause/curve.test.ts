import { describe, expect, it } from 'vitest';
import {
  type CurvePoint,
  curvePoint,
  exponents,
  selfSurrogate,
} from '../../../src/studies/cause/curve.ts';
import { algebra } from './small.ts';

const setting = { spectrum: 'isotropic', dimension: 24, ratios: [], draws: 60 } as const;

describe('a point of the curve', () => {
  it('of white rows agrees with Marchenko and Pastur', async () => {
    const self = await selfSurrogate(setting, 1.25, algebra);
    expect(self.population.distance).toBe(0);
    for (const ratio of [0.5, 2.5, 20]) {
      const point = await curvePoint(setting, self, ratio, algebra);
      expect(point).toMatchObject({ size: ratio * 24, ratio, draws: 60 });
      // What the two leading terms in d leave out is below the Monte-Carlo error.
      expect(Math.abs(point.scaled - point.expected!)).toBeLessThan(4 * point.scaled_mcse);
    }
  });

  it('of a falling spectrum has no law to compare with', async () => {
    const other = { ...setting, spectrum: 'power-law' } as const;
    const self = await selfSurrogate(other, 1.25, algebra);
    const point = await curvePoint(other, self, 50, algebra);
    expect(point.expected).toBeNull();
    expect(Math.abs(point.scaled - 1)).toBeLessThan(0.05 + 4 * point.scaled_mcse);
  });
});

describe('exponents', () => {
  it('of a power of N are that power, and none at the ends', () => {
    const points = [10, 20, 50, 80].map((size) => ({ size, bias: 3 * size ** -1.2 }));
    const [first, second, third, last] = exponents(points as unknown as CurvePoint[]);
    expect([first, last]).toEqual([null, null]);
    expect(second).toBeCloseTo(1.2, 12);
    expect(third).toBeCloseTo(1.2, 12);
  });
});
