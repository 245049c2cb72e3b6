import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  interlacingGaps,
  randomMatrixTraceSqrt,
} from '../../src/estimators/random-matrix-trace.ts';
import { plainMoments, randomMatrix } from '../linalg/plain.ts';
import { symmetricEigenvalues } from '../linalg/reference.ts';

const spectrum = fc
  .array(fc.double({ min: 1e-6, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 })
  .map((values) => Float64Array.from(values).sort());

describe('interlacingGaps', () => {
  it('lead from λ to the eigenvalues of diag(λ) − √λ √λᵀ/n, between which they lie', () => {
    fc.assert(
      fc.property(spectrum, fc.integer({ min: 1, max: 50 }), (lambda, more) => {
        const d = lambda.length;
        const n = d + more;
        const gaps = interlacingGaps(lambda, n);
        const matrix = new Float64Array(d * d);
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < d; j++) {
            matrix[i * d + j] = (i === j ? lambda[i]! : 0) - Math.sqrt(lambda[i]! * lambda[j]!) / n;
          }
        }
        for (const [i, eta] of symmetricEigenvalues(matrix, d).entries()) {
          expect(Math.abs(lambda[i]! - gaps[i]! - eta)).toBeLessThan(1e-13 * lambda[d - 1]!);
          expect(gaps[i]).toBeGreaterThanOrEqual(0);
        }
        // tr diag(λ) − tr (…) = Σ λ/n, a number far smaller than either.
        const total = lambda.reduce((a, b) => a + b);
        expect(gaps.reduce((a, b) => a + b) / (total / n)).toBeCloseTo(1, 10);
      }),
      { numRuns: 40 },
    );
  });
});

describe('randomMatrixTraceSqrt', () => {
  it('is √λ of one eigenvalue, whatever the degrees of freedom but for 1/n', () => {
    for (const n of [10, 1e3, 1e6]) {
      expect(randomMatrixTraceSqrt(Float64Array.of(4), n) / 2).toBeCloseTo(1, Math.log10(n) - 1);
    }
  });

  it('goes to Σ √λ as the sample grows', () => {
    const lambda = Float64Array.of(0.001, 0.5, 0.6, 3);
    const plain = lambda.reduce((sum, value) => sum + Math.sqrt(value), 0);
    const at = (n: number) => randomMatrixTraceSqrt(lambda, n) - plain;
    expect(Math.abs(at(1e7))).toBeLessThan(1e-5);
    // The first correction is of the order 1/n.
    expect(at(1e4) / at(1e5)).toBeCloseTo(10, 1);
  });

  it('scales with the root of the spectrum, and takes equal eigenvalues', () => {
    const lambda = Float64Array.of(1, 1, 2, 2, 2, 5);
    const scaled = lambda.map((value) => 9 * value);
    expect(randomMatrixTraceSqrt(scaled, 11) / randomMatrixTraceSqrt(lambda, 11)).toBeCloseTo(
      3,
      12,
    );
  });

  it('has converged with the nodes that it takes', () => {
    const { covariance } = plainMoments(randomMatrix(30, 24, 'nodes'));
    const lambda = symmetricEigenvalues(covariance, 24);
    const exact = randomMatrixTraceSqrt(lambda, 29, 100);
    expect(Math.abs(randomMatrixTraceSqrt(lambda, 29) / exact - 1)).toBeLessThan(1e-9);
  });

  it.each([
    [1.5, 0],
    [3, 0],
    [3, 1],
  ])(
    'finds the trace of the population root at N/d = %f, λ ∝ i^-2·%f, where the plug-in is far below',
    (ratio, exponent) => {
      const d = 30;
      const n = ratio * d;
      const truth = Array.from({ length: d }, (_, i) => (i + 1) ** -exponent);
      const expected = truth.reduce((a, b) => a + b);
      let [estimated, plugIn] = [0, 0];
      const repetitions = 8;
      for (let seed = 0; seed < repetitions; seed++) {
        const x = randomMatrix(n, d, 'trace', seed);
        for (let k = 0; k < x.data.length; k++) x.data[k]! *= truth[k % d]!;
        const { covariance } = plainMoments(x);
        const lambda = symmetricEigenvalues(covariance, d);
        // The part of the noise that is linear in the covariance has mean 0 and is known here.
        const noise = truth.reduce((sum, s, i) => sum + (covariance[i * d + i]! / s - s) / 2, 0);
        estimated += (randomMatrixTraceSqrt(lambda, n - 1) - noise) / repetitions;
        const roots = lambda.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
        plugIn += (roots - noise) / repetitions;
      }
      expect(expected - plugIn).toBeGreaterThan(0.02 * expected);
      expect(Math.abs(estimated - expected)).toBeLessThan(0.08 * (expected - plugIn));
    },
  );
});
