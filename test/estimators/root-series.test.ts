import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixedTerms } from '../../src/estimators/mixed-terms.ts';
import { rootSeriesTraces } from '../../src/estimators/root-series.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { randomSymmetric } from '../linalg/matrices.ts';
import { plainGemm } from '../linalg/plain.ts';
import { symmetricEigenvalues } from '../linalg/reference.ts';

const square = (data: Float64Array): Matrix => {
  const n = Math.sqrt(data.length);
  return { data, rows: n, columns: n };
};
const symmetric = (n: number, seed: number) => square(randomSymmetric(n, seed));

/** tr (C (I + V) C)^½ from its eigenvalues. */
function traceOfRoot(roots: Float64Array, v: Matrix): number {
  const n = roots.length;
  const a = v.data.map((value, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return roots[i]! * (value + (i === j ? 1 : 0)) * roots[j]!;
  });
  return symmetricEigenvalues(a, n).reduce((sum, value) => sum + Math.sqrt(value), 0);
}

describe('rootSeriesTraces', () => {
  it('is the binomial series of √(1 + v) in one dimension', async () => {
    const v = 0.3;
    const traces = await rootSeriesTraces(
      Float64Array.of(2),
      square(Float64Array.of(v)),
      6,
      plainGemm,
    );
    let binomial = 1;
    for (let r = 1; r <= 6; r++) {
      binomial *= (0.5 - (r - 1)) / r;
      expect(traces[r - 1]).toBeCloseTo(2 * binomial * v ** r, 15);
    }
  });

  it('adds up to the trace of the root, with an error of the first term left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(), async (n, seed) => {
        const roots = Float64Array.from({ length: n }, (_, i) => 1 / (i + 1) ** 2);
        const v = symmetric(n, seed);
        for (let k = 0; k < v.data.length; k++) v.data[k]! *= 0.3 / n;
        const exact = traceOfRoot(roots, v) - roots.reduce((a, b) => a + b);
        let sum = 0;
        const errors: number[] = [];
        for (const trace of await rootSeriesTraces(roots, v, 6, plainGemm)) {
          sum += trace;
          errors.push(Math.abs(sum - exact));
        }
        // The coefficients fall from ½ on, and a term has a factor of at most 0.3 more than the last.
        for (const [i, error] of errors.entries()) expect(error).toBeLessThan(n * 0.3 ** (i + 2));
        expect(errors.at(-1)).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
  });
});

describe('mixedTerms', () => {
  const roots = Float64Array.of(0.2, 0.7, 1.1, 2);
  const terms = (groups: Matrix[], degree: number) => mixedTerms(roots, groups, degree, plainGemm);

  it('are the terms of the series where all groups are the same', async () => {
    const v = symmetric(4, 1);
    const traces = await rootSeriesTraces(roots, v, 5, plainGemm);
    for (const count of [5, 6]) {
      const { values } = await terms(Array(count).fill(v), 5);
      for (const [i, value] of values.entries()) {
        expect(Math.abs(value - traces[i + 1]!)).toBeLessThan(1e-12 * (1 + Math.abs(value)));
      }
    }
  });

  it('are unbiased: over all outcomes of independent groups their mean is the term of the mean', async () => {
    // Each group is one of two matrices: sixteen outcomes of four groups are all there are.
    const sides = [0, 1].map((side) => [1, 2, 3, 4].map((seed) => symmetric(4, 10 * seed + side)));
    const truth = [1, 2, 3, 4].map(() => new Float64Array(16));
    for (const [g, mean] of truth.entries()) {
      for (let k = 0; k < 16; k++) {
        mean[k] = (sides[0]![g]!.data[k]! + sides[1]![g]!.data[k]!) / 2;
      }
    }
    const means: number[] = [0, 0, 0];
    for (let outcome = 0; outcome < 16; outcome++) {
      const groups = [0, 1, 2, 3].map((g) => sides[(outcome >> g) & 1]![g]!);
      const { values } = await terms(groups, 4);
      for (const [i, value] of values.entries()) means[i]! += value / 16;
    }
    const { values: expected } = await terms(truth.map(square), 4);
    for (const [i, value] of means.entries()) expect(value).toBeCloseTo(expected[i]!, 12);
  });

  it('are linear in each group', async () => {
    const [a, b, c] = [symmetric(4, 1), symmetric(4, 2), symmetric(4, 3)];
    const mixed = square(a!.data.map((value, k) => 2 * value - 3 * b!.data[k]!));
    const of = async (first: Matrix) => (await terms([first, c!, symmetric(4, 4)], 3)).values[1]!;
    expect(await of(mixed)).toBeCloseTo(2 * (await of(a!)) - 3 * (await of(b!)), 12);
  });

  it('have the term of degree 2 of each pair, whose mean is their own', async () => {
    const groups = [1, 2, 3].map((seed) => symmetric(4, seed));
    const { values, pairs } = await terms(groups, 2);
    expect(pairs).toHaveLength(3);
    expect(pairs.reduce((a, b) => a + b) / 3).toBeCloseTo(values[0]!, 13);
  });
});
