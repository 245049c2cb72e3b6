import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { symmetricEigenvalues } from '../../src/linalg/eigenvalues.ts';
import { symmetricEigen as eigenBy } from '../../src/linalg/eigenvectors.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { largestDifference, norm, randomSymmetric, withSpectrum } from './matrices.ts';
import * as reference from './reference.ts';

const EPS = Number.EPSILON;
const gemm = onnxGemm(1);
const symmetricEigen = (a: Float64Array, n: number) => eigenBy(a, n, gemm);
const SIZES = [
  0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 31, 32, 33, 34, 63, 64, 65, 67, 97, 128, 130, 161, 259,
];

/** The largest entries of |A V − V D| and of |VᵀV − I|, in EPS (of ‖A‖ for the first). */
async function residuals(
  a: Float64Array,
  n: number,
): Promise<{ pairs: number; orthogonality: number }> {
  const { values, vectors } = await symmetricEigen(a, n);
  const size = norm(a) || 1;
  let [pairs, orthogonality] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = -vectors[i * n + j]! * (values[j]! / size);
      let inner = i === j ? -1 : 0;
      for (let k = 0; k < n; k++) {
        product += (a[i * n + k]! / size) * vectors[k * n + j]!;
        inner += vectors[k * n + i]! * vectors[k * n + j]!;
      }
      pairs = Math.max(pairs, Math.abs(product));
      orthogonality = Math.max(orthogonality, Math.abs(inner));
    }
  }
  return { pairs: pairs / EPS, orthogonality: orthogonality / EPS };
}

async function expectEigenpairs(a: Float64Array, n: number): Promise<void> {
  const { pairs, orthogonality } = await residuals(a, n);
  expect(pairs).toBeLessThan(10 + n);
  expect(orthogonality).toBeLessThan(10 + n);
}

describe('symmetricEigen', () => {
  test.each(SIZES)('A V = V D and VᵀV = I at n = %i', async (n) => {
    const a = randomSymmetric(n, 1);
    await expectEigenpairs(a, n);
    const { values } = await symmetricEigen(a, n);
    expect(largestDifference(values, symmetricEigenvalues(a, n))).toBeLessThanOrEqual(
      (10 + 3 * n) * EPS * norm(a),
    );
  });

  test('agrees with the reference on values and, to sign, on vectors', async () => {
    const n = 80;
    const a = withSpectrum(
      Array.from({ length: n }, (_, i) => i - 30),
      2,
    );
    const [ours, theirs] = [await symmetricEigen(a, n), reference.symmetricEigen(a, n)];
    expect(largestDifference(ours.values, theirs.values)).toBeLessThan(n * n * EPS);
    const sizes = (vectors: Float64Array) => vectors.map(Math.abs);
    expect(largestDifference(sizes(ours.vectors), sizes(theirs.vectors))).toBeLessThan(
      10 * n * n * EPS,
    );
  });

  test.each(['clustered', 'graded', 'rank-deficient', 'identity'])(
    'stays orthogonal on a %s spectrum',
    async (kind) => {
      const n = 70;
      const spectrum = Array.from({ length: n }, (_, i) => {
        if (kind === 'clustered') return 1 + (i % 3) + i * 1e-14;
        if (kind === 'graded') return 10 ** (-12 + (15 * i) / (n - 1));
        if (kind === 'rank-deficient') return i < 40 ? 0 : i;
        return 1;
      });
      await expectEigenpairs(withSpectrum(spectrum, 3), n);
    },
  );

  test.each([1e150, 1e-150])('is blind to the scale %f', async (scale) => {
    const a = randomSymmetric(37, 4);
    const plain = await symmetricEigen(a, 37);
    const scaled = await symmetricEigen(
      a.map((x) => x * scale),
      37,
    );
    const back = scaled.values.map((x) => x / scale);
    expect(largestDifference(back, plain.values)).toBeLessThan(100 * EPS * norm(a));
    await expectEigenpairs(
      a.map((x) => x * scale),
      37,
    );
  });

  test('zero rows have unit vectors', async () => {
    const n = 21;
    const a = randomSymmetric(n, 5);
    for (let i = 0; i < n; i++) {
      for (const zero of [0, 7, 8, 20]) {
        a[i * n + zero] = 0;
        a[zero * n + i] = 0;
      }
    }
    await expectEigenpairs(a, n);
    const { values, vectors } = await symmetricEigen(a, n);
    expect(values.filter((x) => x === 0).length).toBe(4);
    for (const zero of [0, 7, 8, 20]) {
      expect(norm(vectors.subarray(zero * n, (zero + 1) * n))).toBe(1);
      expect(vectors.subarray(zero * n, (zero + 1) * n)).toContain(1);
    }
    expect(await symmetricEigen(new Float64Array(9), 3)).toEqual({
      values: new Float64Array(3),
      vectors: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    });
  });

  test('any matrix comes apart', async () => {
    return fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer(),
        fc.integer({ min: 0, max: 20 }),
        async (n, seed, spread) => {
          await expectEigenpairs(
            randomSymmetric(n, seed).map((x) => x ** (2 * spread + 1)),
            n,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('refuses NaN', async () => {
    const a = Float64Array.of(1, 0, Number.NaN, 2);
    await expect(symmetricEigen(a, 2)).rejects.toThrow(StudyError);
  });
});
