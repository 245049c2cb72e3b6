import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { choleskyFactor as factorBy, isDefinite } from '../../src/linalg/cholesky.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { semidefiniteFactor as semidefiniteBy } from '../../src/linalg/semidefinite-factor.ts';
import { largestDifference, norm, randomSymmetric, withSpectrum } from './matrices.ts';
import * as reference from './reference.ts';

const EPS = Number.EPSILON;
const gemm = onnxGemm(1);
const choleskyFactor = (a: Float64Array, n: number) => factorBy(a, n, gemm);
const semidefiniteFactor = (a: Float64Array, n: number) => semidefiniteBy(a, n, gemm);
const SIZES = [
  1, 2, 3, 4, 5, 8, 31, 32, 33, 63, 64, 65, 66, 67, 68, 100, 127, 128, 129, 133, 200, 257,
];

/** F Fᵀ for F of n rows. */
function square(factor: Float64Array, n: number): Float64Array {
  const rank = n === 0 ? 0 : factor.length / n;
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += factor[i * rank + k]! * factor[j * rank + k]!;
      product[i * n + j] = sum;
    }
  }
  return product;
}

/** A Gram matrix of n rows of `rank` numbers: positive semi-definite, of that rank. */
function gram(n: number, rank: number, seed: number): Float64Array {
  const source = randomSymmetric(Math.max(n, rank), seed);
  const rows = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < rank; k++) rows[i * rank + k] = source[i * Math.max(n, rank) + k]!;
  }
  return square(rows, n);
}

describe('choleskyFactor', () => {
  test.each(SIZES)('agrees with the reference and gives the matrix back at n = %i', async (n) => {
    const a = gram(n, n + 5, 1);
    for (let i = 0; i < n; i++) a[i * n + i]! += 0.1;
    const lower = await choleskyFactor(a, n);
    const size = norm(a);
    expect(largestDifference(square(lower, n), a)).toBeLessThan(5 * EPS * size);
    const condition = 1e3 * n;
    expect(largestDifference(lower, reference.choleskyFactor(a, n))).toBeLessThan(
      condition * EPS * Math.sqrt(size),
    );
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) expect(lower[i * n + j]).toBe(0);
    }
  });

  test('the factor of nothing is empty', async () => {
    expect(await choleskyFactor(new Float64Array(0), 0)).toEqual(new Float64Array(0));
    expect(await semidefiniteFactor(new Float64Array(0), 0)).toEqual({
      factor: new Float64Array(0),
      rank: 0,
    });
  });

  test.each([1e150, 1e-150, 2 ** -7, 3e-290])(
    'scales with the root of the scale, %f',
    async (scale) => {
      const a = gram(70, 75, 2);
      const plain = (await choleskyFactor(a, 70)).map((x) => x * Math.sqrt(scale));
      const scaled = await choleskyFactor(
        a.map((x) => x * scale),
        70,
      );
      expect(largestDifference(scaled, plain)).toBeLessThan(1e-9 * Math.sqrt(scale));
    },
  );

  test.each([1, 2, 5, 40, 66, 99])(
    'refuses a matrix of rank below n, at pivot %i',
    async (pivot) => {
      const a = new Float64Array(100 * 100);
      for (let i = 0; i < 100; i++) a[i * 101] = i === pivot ? -1e-3 : 1;
      await expect(choleskyFactor(a, 100)).rejects.toThrow(StudyError);
      await expect(choleskyFactor(a, 100)).rejects.toThrow(`pivot ${pivot} is not positive`);
    },
  );

  test('refuses a zero row, NaN and infinity', async () => {
    const a = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1);
    await expect(choleskyFactor(a, 3)).rejects.toThrow('pivot 1 is not positive');
    a[4] = Number.NaN;
    await expect(choleskyFactor(a, 3)).rejects.toThrow('entry (1, 1) of a 3 × 3 matrix is NaN');
    await expect(semidefiniteFactor(a, 3)).rejects.toThrow(StudyError);
  });
});

describe('isDefinite', () => {
  test.each([3, 70, 129, 260])(
    'is true from the shift on that lifts all eigenvalues above 0, n = %i',
    async (n) => {
      const spectrum = Array.from({ length: n }, (_, i) => (i === 1 ? -0.01 : 1 + i / n));
      const a = withSpectrum(spectrum, 8);
      const found = [];
      for (const shift of [0, 0.0099, 0.0101]) found.push(await isDefinite(a, n, gemm, shift));
      expect(found).toEqual([false, false, true]);
    },
  );

  test('needs a shift where a row is zero', async () => {
    const a = Float64Array.of(1, 0, 0, 0);
    expect([await isDefinite(a, 2, gemm), await isDefinite(a, 2, gemm, 1e-9)]).toEqual([
      false,
      true,
    ]);
    expect(await isDefinite(new Float64Array(4), 2, gemm, 1e-9)).toBe(true);
  });
});

describe('any factor', () => {
  test('has the same bits on one thread and on two, and while another is made', async () => {
    const a = gram(280, 285, 9);
    const two = onnxGemm(2);
    const [factor, other, lower] = await Promise.all([
      semidefiniteBy(a, 280, gemm),
      semidefiniteBy(a, 280, two),
      factorBy(a, 280, two),
    ]);
    expect(other).toEqual(factor);
    expect(lower).toEqual(await choleskyFactor(a, 280));
    await two.close();
  });
});

describe('semidefiniteFactor', () => {
  test.each([
    [1, 1],
    [5, 5],
    [5, 2],
    [40, 39],
    [64, 64],
    [65, 64],
    [66, 1],
    [130, 63],
    [130, 64],
    [130, 65],
    [131, 129],
    [200, 128],
    [203, 203],
  ])('finds the rank of a %i × %i Gram matrix and gives it back', async (n, rank) => {
    const a = gram(n, rank, 3);
    const result = await semidefiniteFactor(a, n);
    expect(result.rank).toBe(rank);
    expect(result.factor.length).toBe(n * rank);
    expect(largestDifference(square(result.factor, n), a)).toBeLessThan(10 * n * EPS * norm(a));
    expect(reference.semidefiniteFactor(a, n).rank).toBe(rank);
  });

  test('rank deficiency and zero rows together', async () => {
    const n = 90;
    const a = gram(n, 20, 4);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) if (i % 3 === 0 || j % 3 === 0) a[i * n + j] = 0;
    }
    const { factor, rank } = await semidefiniteFactor(a, n);
    expect(rank).toBe(20);
    expect(largestDifference(square(factor, n), a)).toBeLessThan(10 * n * EPS * norm(a));
    expect(factor.subarray(0, rank)).toEqual(new Float64Array(rank));
  });

  test.each([1e150, 1e-150])('is blind to the scale %f', async (scale) => {
    const a = gram(100, 70, 5);
    const plain = await semidefiniteFactor(a, 100);
    const scaled = await semidefiniteFactor(
      a.map((x) => x * scale),
      100,
    );
    expect(scaled.rank).toBe(70);
    const restored = square(
      scaled.factor.map((x) => x / Math.sqrt(scale)),
      100,
    );
    expect(largestDifference(restored, square(plain.factor, 100))).toBeLessThan(1e-11);
  });

  test('a graded spectrum keeps what is above the tolerance', async () => {
    const n = 60;
    const spectrum = Float64Array.from({ length: n }, (_, i) => 10 ** (-25 + (28 * i) / (n - 1)));
    const a = withSpectrum(spectrum, 6);
    const { factor, rank } = await semidefiniteFactor(a, n);
    expect(rank).toBeLessThan(n);
    expect(largestDifference(square(factor, n), a)).toBeLessThan(100 * n * EPS * norm(a));
  });

  test('a diagonal matrix gives its roots, exactly', async () => {
    const a = new Float64Array(81);
    for (let i = 0; i < 9; i++) a[i * 10] = ((i * 2) % 9) ** 2;
    const { factor, rank } = await semidefiniteFactor(a, 9);
    expect(rank).toBe(8);
    expect(square(factor, 9)).toEqual(a);
  });

  test('refuses a matrix with a negative direction', async () => {
    const a = withSpectrum([3, 2, 1, 1, 1, 1, -1], 7);
    await expect(semidefiniteFactor(a, 7)).rejects.toThrow(StudyError);
    await expect(semidefiniteFactor(Float64Array.of(-2), 1)).rejects.toThrow('-2 remains');
  });

  test('any Gram matrix comes back, whatever its shape', async () => {
    return fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer(),
        async (n, columns, seed) => {
          const a = gram(n, columns, seed);
          const { factor, rank } = await semidefiniteFactor(a, n);
          expect(rank).toBeLessThanOrEqual(Math.min(n, columns));
          expect(largestDifference(square(factor, n), a)).toBeLessThan(20 * n * EPS * norm(a));
        },
      ),
      { numRuns: 60 },
    );
  });
});
