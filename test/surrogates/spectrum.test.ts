import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discrepancy, powerLaw } from '../../src/surrogates/spectrum.ts';

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('powerLaw', () => {
  it('has its trace, and falls by its exponent', () => {
    const values = powerLaw(100, 1.25, 3);
    expect(sum(values)).toBeCloseTo(3, 14);
    expect(values[7]! / values[15]!).toBeCloseTo(2 ** 1.25, 12);
  });

  it('is flat for exponent 0', () => {
    expect(powerLaw(4, 0, 2)).toEqual(new Float64Array(4).fill(0.5));
  });
});

describe('discrepancy', () => {
  it('has the mean term and the covariance term that were asked for', () => {
    const share = fc.double({ min: 0, max: 0.01, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.constantFrom(0.5, 1, 2),
        (meanTerm, covarianceTerm, exponent) => {
          const q = powerLaw(50, 0.5, 10);
          const { variances, offset } = discrepancy(q, meanTerm, covarianceTerm, exponent);
          expect(sum(offset.map((value) => value * value))).toBeCloseTo(meanTerm, 12);
          const differences = q.map(
            (value, i) => (Math.sqrt(value) - Math.sqrt(variances[i]!)) ** 2,
          );
          expect(sum(differences)).toBeCloseTo(covarianceTerm, 12);
        },
      ),
    );
  });

  it('makes variances alternately larger and smaller, and leaves zeros alone', () => {
    const { variances, offset } = discrepancy(Float64Array.of(4, 2, 1, 0), 1, 0.1, 1);
    expect(variances[0]).toBeGreaterThan(4);
    expect(variances[1]).toBeLessThan(2);
    expect(variances[2]).toBeGreaterThan(1);
    expect([variances[3], offset[3]]).toEqual([0, 0]);
  });

  it('refuses to shrink a variance below zero', () => {
    expect(() => discrepancy(Float64Array.of(1, 1), 0, 9, 1)).toThrow(
      'covariance term 9 is too large for coordinate 1 (variance 1)',
    );
  });
});
