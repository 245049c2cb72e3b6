import { describe, expect, it } from 'vitest';
import { exp, log } from '../../src/kernels/assembly/_normals-math.ts';

const EPS = Number.EPSILON;

describe('exp and log of the kernel', () => {
  it('agree with those of the engine to two units in the last place', () => {
    for (let x = -40; x <= 0; x += 0.0137) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(2 * EPS);
    }
    for (let x = 1e-17; x < 1e17; x *= 1.0173) {
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThan(2 * EPS * Math.abs(Math.log(x)));
    }
  });

  it('are exact at 0 and 1', () => {
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
  });
});
