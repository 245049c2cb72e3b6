import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import {
  isotropicBias,
  meanRootOfSpectrum,
  shortOfLimit,
} from '../../src/theory/marchenko-pastur.ts';

describe('the mean root of the Marchenko–Pastur spectrum', () => {
  it('is 1 − c/8 − c²/64 for small c, to its third order', () => {
    for (const c of [1e-3, 1e-2, 0.05]) {
      expect(Math.abs(meanRootOfSpectrum(c) - (1 - c / 8 - c ** 2 / 64))).toBeLessThan(c ** 3 / 50);
    }
  });

  it('is 8/(3π) at c = 1, the mean of a quarter circle', () => {
    expect(meanRootOfSpectrum(1)).toBeCloseTo(8 / (3 * Math.PI), 6);
  });

  it('of d > N is that of N > d by its non-zero eigenvalues: I(c) = I(1/c) / √c', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.05, max: 20, noNaN: true }), (c) => {
        expect(meanRootOfSpectrum(c)).toBeCloseTo(meanRootOfSpectrum(1 / c) / Math.sqrt(c), 10);
      }),
    );
  });
});

describe('what tr S^½ is short of the limit', () => {
  it('is c/8 for small c, and keeps the symmetry of c and 1/c', () => {
    for (const c of [1e-4, 1e-3]) expect(shortOfLimit(c) / (c / 8)).toBeCloseTo(1, 2);
    for (const c of [1.2, 3, 9]) {
      expect(shortOfLimit(c)).toBeCloseTo(Math.sqrt(c) * shortOfLimit(1 / c), 6);
    }
  });
});

describe('the bias of white rows', () => {
  it('times N is the first-order constant for N ≫ d', () => {
    const d = 64;
    const constant = gaussianBiasConstant(d, new Float64Array(d).fill(1));
    expect(constant).toBeCloseTo(d ** 2 / 4 + (5 * d) / 4, 9);
    expect(isotropicBias(d, 1e6 * d)).toBeCloseTo(constant, 2);
  });
});
