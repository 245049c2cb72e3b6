import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { bandEigenvalues } from '../../src/linalg/band-eigenvalues.ts';
import { symmetricEigenvalues } from '../../src/linalg/eigenvalues.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import {
  ascending,
  largestDifference,
  norm,
  randomSymmetric,
  trace,
  withSpectrum,
} from './matrices.ts';
import * as reference from './reference.ts';

const EPS = Number.EPSILON;
// Around the tile (4), the band, the panel (32) and several of them; odd and even.
const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 18, 23, 24, 25, 31, 32, 33, 34, 35, 36, 47, 48];
const LARGER = [49, 63, 64, 65, 66, 67, 68, 95, 96, 97, 99, 127, 128, 129, 130, 131, 161];

/** What rounding may do: grows like √n in practice; 30 covers every size here. */
const bound = (n: number) => 10 + 3 * n;

const gemm = onnxGemm(1);
afterAll(() => gemm.close());

const ways = {
  symmetricEigenvalues: async (a: Float64Array, n: number) => symmetricEigenvalues(a, n),
  bandEigenvalues: (a: Float64Array, n: number) => bandEigenvalues(a, n, gemm),
};

describe.each(Object.entries(ways))('%s', (_, eigenvalues) => {
  /** The error, in EPS of the largest eigenvalue, of values that are known. */
  async function errorInEps(a: Float64Array, exact: Float64Array): Promise<number> {
    const scale = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return largestDifference(await eigenvalues(a, exact.length), exact) / (EPS * (scale || 1));
  }

  test.each([...SIZES, ...LARGER])('agrees with the reference at n = %i', async (n) => {
    const a = randomSymmetric(n, 1);
    const expected = reference.symmetricEigenvalues(a, n);
    expect(await errorInEps(a, expected)).toBeLessThanOrEqual(bound(n));
  });

  test('agrees with the reference at several panels, n = 290', async () => {
    const a = randomSymmetric(290, 1);
    expect(await errorInEps(a, reference.symmetricEigenvalues(a, 290))).toBeLessThan(290);
  });

  test.each([5, 33, 70, 200])(
    'finds the closed form of the second difference, n = %i',
    async (n) => {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        a[i * n + i] = 2;
        if (i > 0) a[i * n + i - 1] = -1;
      }
      const exact = ascending(
        Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))),
      );
      expect(await errorInEps(a, exact)).toBeLessThan(bound(n));
    },
  );

  test.each([3, 32, 75])('sorts the diagonal of a diagonal matrix, exactly, n = %i', async (n) => {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) a[i * n + i] = (i * 7) % n;
    expect(await eigenvalues(a, n)).toEqual(ascending(Array(n).keys()));
  });

  test.each(['clustered', 'graded', 'rank-deficient', 'indefinite', 'identity', 'two values'])(
    'finds a %s spectrum',
    async (kind) => {
      for (const n of [6, 34, 111]) {
        const spectrum = ascending(
          Array.from({ length: n }, (_, i) => {
            if (kind === 'clustered') return 1 + (i % 3) + i * 1e-14;
            if (kind === 'graded') return 10 ** (-12 + (15 * i) / (n - 1));
            if (kind === 'rank-deficient') return i < n / 2 ? 0 : i;
            if (kind === 'indefinite') return i - n / 2;
            if (kind === 'identity') return 1;
            return i % 2 ? 5 : -3;
          }),
        );
        expect(await errorInEps(withSpectrum(spectrum, 3), spectrum)).toBeLessThan(bound(n));
      }
    },
  );

  test.each([1e150, 1e-150, 1e300, 1e-300, 5e-324 / EPS])(
    'is blind to the scale %f',
    async (scale) => {
      const n = 67;
      const a = randomSymmetric(n, 2);
      const plain = await eigenvalues(a, n);
      const scaled = await eigenvalues(a.map((x) => x * scale).map(Number), n);
      const top = Math.max(-plain[0]!, plain[n - 1]!) * scale;
      expect(
        largestDifference(
          scaled.map((x) => x / top),
          plain.map((x) => (x * scale) / top),
        ),
      ).toBeLessThan(scale < 1e-300 ? 1e-12 : bound(n) * EPS);
    },
  );

  test('matrices graded by rows and columns keep the large eigenvalues, either way up', async () => {
    const n = 50;
    const base = randomSymmetric(n, 5);
    for (const sign of [1, -1]) {
      const weight = (i: number) => 10 ** ((sign * (i - n / 2) * 7) / n);
      const a = base.map((x, k) => x * weight(Math.floor(k / n)) * weight(k % n));
      const exact = reference.symmetricEigenvalues(a, n);
      expect(await errorInEps(a, exact)).toBeLessThan(bound(n));
    }
  });

  test('zero rows and columns are eigenvalues 0, exactly', async () => {
    const n = 40;
    const kept = [1, 4, 5, 17, 38];
    const small = randomSymmetric(kept.length, 6);
    const a = new Float64Array(n * n);
    kept.forEach((i, p) => {
      kept.forEach((j, q) => {
        a[i * n + j] = small[p * kept.length + q]!;
      });
    });
    const values = await eigenvalues(a, n);
    expect(values.filter((x) => x === 0).length).toBe(n - kept.length);
    expect(values.filter((x) => x !== 0)).toEqual(await eigenvalues(small, kept.length));
  });

  test('decaying entries down to denormals take no longer than others', async () => {
    const n = 300;
    const decaying = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) decaying[i * n + j] = 10 ** (-(i - j) - 0.5 * (i + j));
    }
    const fastest = async (a: Float64Array) => {
      let seconds = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const start = performance.now();
        await eigenvalues(a, n);
        seconds = Math.min(seconds, performance.now() - start);
      }
      return seconds;
    };
    // Denormals would make it 10 to 100 times slower; 3 leaves room for a busy machine.
    expect(await fastest(decaying)).toBeLessThan(3 * (await fastest(randomSymmetric(n, 1))));
  });

  test('reads the lower triangle only and changes nothing', async () => {
    const n = 37;
    const a = randomSymmetric(n, 7);
    const lower = a.map((x, k) => (k % n > Math.floor(k / n) ? Number.NaN : x));
    const copy = lower.slice();
    expect(await eigenvalues(lower, n)).toEqual(await eigenvalues(a, n));
    expect(lower).toEqual(copy);
  });

  test('gives the same bits whatever ran before', async () => {
    const a = randomSymmetric(70, 8);
    const first = await eigenvalues(a, 70);
    await eigenvalues(randomSymmetric(131, 9), 131);
    await eigenvalues(randomSymmetric(9, 9), 9);
    expect(await eigenvalues(a, 70)).toEqual(first);
  });

  test('keeps trace and Frobenius norm of any matrix', async () => {
    return fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.integer(),
        fc.integer({ min: -140, max: 140 }),
        fc.integer({ min: 0, max: 20 }),
        async (n, seed, exponent, spread) => {
          const a = randomSymmetric(n, seed).map((x) => 10 ** exponent * x ** (2 * spread + 1));
          const values = await eigenvalues(a, n);
          const size = norm(a);
          const sum = values.reduce((total, x) => total + x, 0);
          expect(Math.abs(sum - trace(a, n))).toBeLessThanOrEqual(5 * n * EPS * size);
          expect(Math.abs(norm(values) - size)).toBeLessThanOrEqual(5 * n * EPS * size);
          for (let i = 1; i < n; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]!);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d, naming the entry',
    async (bad) => {
      const a = randomSymmetric(6, 1);
      a[4 * 6 + 2] = bad;
      await expect(eigenvalues(a, 6)).rejects.toThrow(StudyError);
      await expect(eigenvalues(a, 6)).rejects.toThrow(`entry (4, 2) of a 6 × 6 matrix is ${bad}`);
    },
  );

  test('refuses fewer numbers than n × n', async () => {
    await expect(eigenvalues(new Float64Array(8), 3)).rejects.toThrow(StudyError);
    await expect(eigenvalues(new Float64Array(8), -1)).rejects.toThrow(StudyError);
    await expect(eigenvalues(new Float64Array(8), 1.5)).rejects.toThrow(StudyError);
  });
});
