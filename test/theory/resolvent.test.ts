import { describe, expect, it } from 'vitest';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import {
  gaussianStretch,
  populationRoots,
  populationSpectral,
  resolventOf,
} from '../../src/theory/resolvent.ts';
import { plainGemm, plainMoments, randomMatrix } from '../linalg/plain.ts';
import { symmetricEigenvalues } from '../linalg/reference.ts';

/** Σ √t of populations whose Gaussian samples have so many degrees of freedom. */
function rootsOf(eigenvalues: Float64Array, ...degrees: number[]): number {
  const resolvent = resolventOf(eigenvalues.map(Math.sqrt));
  return populationRoots(
    resolvent,
    degrees.map((n) => gaussianStretch(resolvent, n)),
  );
}

const plain = (eigenvalues: Float64Array) =>
  eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);

describe('populationRoots', () => {
  it('is √λ of one eigenvalue, whatever the degrees of freedom but for 1/n', () => {
    for (const n of [10, 1e3, 1e6]) {
      expect(rootsOf(Float64Array.of(4), n) / 2).toBeCloseTo(1, Math.log10(n) - 1);
    }
  });

  it('goes to Σ √λ as the sample grows', () => {
    const lambda = Float64Array.of(0.001, 0.5, 0.6, 3);
    const at = (n: number) => rootsOf(lambda, n) - plain(lambda);
    expect(Math.abs(at(1e7))).toBeLessThan(1e-5);
    // The first correction is of the order 1/n.
    expect(at(1e4) / at(1e5)).toBeCloseTo(10, 1);
    expect(rootsOf(lambda)).toBe(plain(lambda));
  });

  it('scales with the root of the spectrum, and takes equal eigenvalues', () => {
    const lambda = Float64Array.of(1, 1, 2, 2, 2, 5);
    const scaled = lambda.map((value) => 9 * value);
    expect(rootsOf(scaled, 11) / rootsOf(lambda, 11)).toBeCloseTo(3, 10);
  });

  it('is 2n (Σ √λ − Σ √η) for two samples of n, in closed form (Tiomoko & Couillet)', () => {
    const d = 12;
    const n = 30;
    const [a, b] = ['a', 'b'].map(
      (name) => plainMoments(randomMatrix(n + 1, d, 'closed form', name)).covariance,
    ) as [Float64Array, Float64Array];
    // As good as the spectrum of a product: that of a sample with a spread of its own.
    const lambda = symmetricEigenvalues(
      a.map((value, k) => value + b[k]! / 3),
      d,
    );
    const matrix = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        matrix[i * d + j] = (i === j ? lambda[i]! : 0) - Math.sqrt(lambda[i]! * lambda[j]!) / n;
      }
    }
    const eta = symmetricEigenvalues(matrix, d);
    expect(rootsOf(lambda, n, n) / (2 * n * (plain(lambda) - plain(eta)))).toBeCloseTo(1, 8);
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
        estimated += (rootsOf(lambda, n - 1) - noise) / repetitions;
        plugIn += (plain(lambda) - noise) / repetitions;
      }
      expect(expected - plugIn).toBeGreaterThan(0.02 * expected);
      expect(Math.abs(estimated - expected)).toBeLessThan(0.08 * (expected - plugIn));
    },
  );

  it('finds it from the spectrum of a product of two samples, of N and of M rows', async () => {
    const d = 30;
    const [n, m] = [90, 200];
    let [estimated, plugIn, one] = [0, 0, 0];
    const repetitions = 12;
    for (let seed = 0; seed < repetitions; seed++) {
      const [a, b] = [n, m].map((rows) => {
        const { covariance } = plainMoments(randomMatrix(rows, d, 'product', rows, seed));
        return { data: covariance, rows: d, columns: d };
      }) as [Parameters<typeof plainGemm.multiply>[0], Parameters<typeof plainGemm.multiply>[0]];
      // Eigenvalues of AB by those of the symmetric B^½AB^½ = LᵀAL.
      const { referenceOfStatistics } = await import('../../src/metrics/reference.ts');
      const { plainAlgebra } = await import('../linalg/plain.ts');
      const { factor } = await referenceOfStatistics(
        { mean: new Float64Array(d), covariance: b.data as Float64Array },
        plainAlgebra,
      );
      const left = await plainGemm.multiply(factor, a as typeof factor, { transposeA: true });
      const product = await plainGemm.multiply(left, factor);
      const lambda = symmetricEigenvalues(product.data, d);
      let noise = 0;
      for (let i = 0; i < d; i++) {
        noise += ((a.data[i * (d + 1)] as number) + (b.data[i * (d + 1)] as number)) / 2 - 1;
      }
      estimated += (rootsOf(lambda, n - 1, m - 1) - noise) / repetitions;
      one += (rootsOf(lambda, n - 1) - noise) / repetitions;
      plugIn += (plain(lambda) - noise) / repetitions;
    }
    expect(d - plugIn).toBeGreaterThan(0.03 * d);
    expect(Math.abs(estimated - d)).toBeLessThan(0.08 * (d - plugIn));
    // The larger sample's share of the bias is left if only one of them is undone.
    expect(d - one).toBeGreaterThan(0.2 * (d - plugIn));
  });
});

describe('populationSpectral', () => {
  it('is the constant of the spectrum itself where there is no sample, but for each coordinate’s own squares', () => {
    const roots = Float64Array.of(0.01, 0.4, 1, 1, 3);
    const resolvent = resolventOf(roots);
    const ones = new Float64Array(resolvent.nodes.length).fill(1);
    const own = roots.reduce((sum, s) => sum + s) / 2;
    const found = populationSpectral(resolvent, [], ones) + own;
    expect(found / gaussianBiasConstant(0, roots)).toBeCloseTo(1, 6);
  });

  it('is that of the population by the spectrum of a sample, which has less', () => {
    const d = 40;
    const n = 100;
    let [population, sample] = [0, 0];
    const repetitions = 6;
    for (let seed = 0; seed < repetitions; seed++) {
      const { covariance } = plainMoments(randomMatrix(n, d, 'spectral', seed));
      const roots = symmetricEigenvalues(covariance, d).map(Math.sqrt);
      const resolvent = resolventOf(roots);
      const stretch = gaussianStretch(resolvent, n - 1);
      const ones = new Float64Array(resolvent.nodes.length).fill(1);
      const own = populationRoots(resolvent, [stretch]) / 2;
      population += (populationSpectral(resolvent, [stretch], ones) + own) / repetitions;
      sample += gaussianBiasConstant(0, roots) / repetitions;
    }
    const truth = gaussianBiasConstant(0, new Float64Array(d).fill(1));
    expect(Math.abs(population / truth - 1)).toBeLessThan(0.015);
    expect(sample / truth).toBeLessThan(0.92);
  });
});
