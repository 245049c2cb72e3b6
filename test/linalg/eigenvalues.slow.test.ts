import { afterAll, describe, expect, test } from 'vitest';
import { bandEigenvalues } from '../../src/linalg/band-eigenvalues.ts';
import { choleskyFactor } from '../../src/linalg/cholesky.ts';
import { symmetricEigenvalues } from '../../src/linalg/eigenvalues.ts';
import { symmetricEigen } from '../../src/linalg/eigenvectors.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { semidefiniteFactor } from '../../src/linalg/semidefinite-factor.ts';
import {
  ascending,
  largestDifference,
  norm,
  randomSymmetric,
  trace,
  withSpectrum,
} from './matrices.ts';

const EPS = Number.EPSILON;
const gemm = onnxGemm(1);
afterAll(() => gemm.close());

const ways = [
  async (a: Float64Array, n: number) => symmetricEigenvalues(a, n),
  (a: Float64Array, n: number) => bandEigenvalues(a, n, gemm),
];

describe('at the size of a study', () => {
  test.each([1000, 1023, 1025, 2048])(
    'both reductions keep trace and norm at n = %i',
    async (n) => {
      const a = randomSymmetric(n, 1);
      const [one, two] = [symmetricEigenvalues(a, n), await bandEigenvalues(a, n, gemm)];
      const size = norm(a);
      expect(largestDifference(one, two)).toBeLessThan(n * EPS * size);
      for (const values of [one, two]) {
        const sum = values.reduce((total, x) => total + x, 0);
        expect(Math.abs(sum - trace(a, n))).toBeLessThan(5 * n * EPS * size);
        expect(Math.abs(norm(values) - size)).toBeLessThan(5 * n * EPS * size);
      }
    },
  );

  test.each([
    ['a decaying', (i: number, n: number) => (n - i) ** -2],
    ['a graded', (i: number, n: number) => 10 ** (-12 + (15 * i) / (n - 1))],
    ['a rank-deficient', (i: number, n: number) => (i < n / 2 ? 0 : i / n)],
    ['a clustered', (i: number) => (i % 5) + 1e-13 * i],
  ] as const)('%s spectrum of 2048 comes back', async (_, value) => {
    const spectrum = ascending(Array.from({ length: 2048 }, (_, i) => value(i, 2048)));
    const a = withSpectrum(spectrum, 2);
    const top = spectrum[2047]!;
    for (const eigenvalues of ways) {
      const values = await eigenvalues(a, 2048);
      expect(largestDifference(values, spectrum)).toBeLessThan(1000 * EPS * top);
    }
  });

  test('structures that pass through denormals keep trace and norm', async () => {
    const n = 1024;
    const structures: [string, (i: number, j: number) => number][] = [
      ['geometric decay', (i, j) => 0.5 ** (i - j)],
      ['decay to denormals', (i, j) => 10 ** (-(i - j) - 0.3 * (i + j))],
      ['reversed', (i, j) => 10 ** (-(i - j) + 0.28 * (i + j) - 300)],
      ['tridiagonal and tiny', (i, j) => (i - j > 1 ? 0 : 1e-120 * (1 + (i % 7)))],
      ['arrow', (i, j) => (j === 0 || i === j ? 1 / (i + 1) ** 40 : 0)],
      ['low rank', (i, j) => Math.sin(i) * Math.sin(j) + Math.cos(i) * Math.cos(j)],
    ];
    for (const [name, entry] of structures) {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = entry(i, j);
      }
      // Squares of the largest entries must not overflow or vanish in the norm itself.
      const scale = a.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
      const scaled = a.map((x) => x / scale);
      for (const eigenvalues of ways) {
        const values = (await eigenvalues(a, n)).map((x) => x / scale);
        const sum = values.reduce((total, x) => total + x, 0);
        const size = norm(scaled);
        expect(Math.abs(sum - trace(scaled, n)), name).toBeLessThan(5 * n * EPS * size);
        expect(Math.abs(norm(values) - size), name).toBeLessThan(5 * n * EPS * size);
      }
    }
  });

  test('eigenvectors of 1100 rows satisfy A V = V D', async () => {
    const n = 1100;
    const a = randomSymmetric(n, 4);
    const { values, vectors } = await symmetricEigen(a, n, gemm);
    const size = norm(a);
    for (let j = 0; j < n; j += 37) {
      for (let i = 0; i < n; i++) {
        let product = -vectors[i * n + j]! * values[j]!;
        let inner = i === j ? -1 : 0;
        for (let k = 0; k < n; k++) {
          product += a[i * n + k]! * vectors[k * n + j]!;
          inner += vectors[k * n + i]! * vectors[k * n + j]!;
        }
        expect(Math.abs(product)).toBeLessThan(n * EPS * size);
        expect(Math.abs(inner)).toBeLessThan(n * EPS);
      }
    }
  });

  test('Cholesky factors of 2048 rows give single entries back', async () => {
    const n = 2048;
    const spectrum = Array.from({ length: n }, (_, i) => (i + 1) ** -1.5);
    const a = withSpectrum(spectrum, 5);
    const { factor, rank } = await semidefiniteFactor(a, n, gemm);
    const lower = await choleskyFactor(a, n, gemm);
    expect(rank).toBe(n);
    for (let i = 0; i < n; i += 61) {
      for (let j = 0; j < n; j += 7) {
        let [pivoted, plain] = [0, 0];
        for (let k = 0; k < n; k++) {
          pivoted += factor[i * n + k]! * factor[j * n + k]!;
          plain += lower[i * n + k]! * lower[j * n + k]!;
        }
        expect(Math.abs(pivoted - a[i * n + j]!)).toBeLessThan(n * EPS);
        expect(Math.abs(plain - a[i * n + j]!)).toBeLessThan(n * EPS);
      }
    }
  });
});

test('the way over a band gives the same bits on any number of threads', async () => {
  const a = randomSymmetric(800, 5);
  const two = onnxGemm(2);
  try {
    expect(await bandEigenvalues(a, 800, two)).toEqual(await bandEigenvalues(a, 800, gemm));
  } finally {
    await two.close();
  }
});

test('two reductions to a band at a time do not disturb each other', async () => {
  const [a, b] = [randomSymmetric(300, 6), randomSymmetric(420, 7)];
  const alone = [await bandEigenvalues(a, 300, gemm), await bandEigenvalues(b, 420, gemm)];
  const together = [bandEigenvalues(a, 300, gemm), bandEigenvalues(b, 420, gemm)];
  expect(await Promise.all(together)).toEqual(alone);
});
