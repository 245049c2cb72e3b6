import { describe, expect, it } from 'vitest';
import { studentTQuantile } from '../../src/theory/student-t.ts';

describe('studentTQuantile', () => {
  it('has the closed forms of one and of two degrees of freedom', () => {
    for (const p of [0.5, 0.6, 0.9, 0.975, 0.9999]) {
      const cauchy = Math.tan(Math.PI * (p - 0.5));
      expect(Math.abs(studentTQuantile(p, 1) - cauchy)).toBeLessThan(1e-9 * (1 + cauchy));
      const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
      expect(Math.abs(studentTQuantile(p, 2) - two)).toBeLessThan(1e-10 * (1 + two));
    }
  });

  // R: qt(0.975, c(3, 5, 6, 30, 1000)); qnorm(0.975)
  it.each([
    [3, 3.182446305284263],
    [5, 2.570581835636314],
    [6, 2.446911851144969],
    [30, 2.042272456301238],
    [1000, 1.962339080792612],
    [Number.POSITIVE_INFINITY, 1.959963984540054],
  ])('is that of R with %f degrees of freedom', (degrees, expected) => {
    expect(Math.abs(studentTQuantile(0.975, degrees) / expected - 1)).toBeLessThan(1e-8);
  });

  it('is odd about one half, and falls as degrees of freedom grow', () => {
    expect(studentTQuantile(0.025, 4)).toBe(-studentTQuantile(0.975, 4));
    const falling = [1, 2, 3.5, 8, 100].map((degrees) => studentTQuantile(0.95, degrees));
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
  });

  it('refuses what has no quantile', () => {
    for (const [p, degrees] of [
      [0, 3],
      [1, 3],
      [0.5, 0],
      [Number.NaN, 1],
    ] as const) {
      expect(() => studentTQuantile(p, degrees)).toThrow(RangeError);
    }
  });
});
