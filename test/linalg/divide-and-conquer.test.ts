import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/linalg/eigenvectors.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { ascending, largestDifference, randomSymmetric } from './matrices.ts';

const EPS = Number.EPSILON;
const [one, two] = [onnxGemm(1), onnxGemm(2)];
afterAll(async () => {
  await one.close();
  await two.close();
});

type Entry = (i: number) => number;

/** A tridiagonal matrix, whose reduction leaves it as it is. */
function tridiagonal(n: number, d: Entry, e: Entry): Float64Array {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    a[i * n + i] = d(i);
    if (i > 0) {
      a[i * n + i - 1] = e(i - 1);
      a[(i - 1) * n + i] = e(i - 1);
    }
  }
  return a;
}

/** The largest of |V Vᵀ − I| and of |A V − V D| / |A|, in EPS. */
async function errorsOf(a: Float64Array, n: number) {
  const { values, vectors } = await symmetricEigen(a, n, one);
  const v = { data: vectors, rows: n, columns: n };
  const gram = (await one.multiply(v, v, { transposeA: true })).data;
  const product = (await one.multiply({ data: a, rows: n, columns: n }, v)).data;
  const size = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
  let [orthogonality, pairs] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const k = i * n + j;
      orthogonality = Math.max(orthogonality, Math.abs(gram[k]! - (i === j ? 1 : 0)));
      pairs = Math.max(pairs, Math.abs(product[k]! - vectors[k]! * values[j]!) / size);
    }
  }
  return { values, orthogonality: orthogonality / EPS, pairs: pairs / EPS };
}

describe('divide and conquer', () => {
  it.each([33, 64, 65, 130, 257])(
    'finds the closed form of the second difference, n = %i',
    async (n) => {
      const a = tridiagonal(
        n,
        () => 2,
        () => -1,
      );
      const { values, orthogonality, pairs } = await errorsOf(a, n);
      const exact = ascending(
        Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))),
      );
      expect(largestDifference(values, exact)).toBeLessThan(30 * EPS);
      expect(Math.max(orthogonality, pairs)).toBeLessThan(n);
    },
  );

  it.each<[string, Entry, Entry]>([
    // Pairs that agree to all digits.
    ['Wilkinson’s', (i) => Math.abs(i - 75), () => 1],
    ['a glued one', (i) => Math.abs((i % 21) - 10), (i) => (i % 21 === 20 ? 1e-8 : 1)],
    ['one without coupling in the middle', (i) => i % 7, (i) => (i === 74 ? 0 : 1)],
    ['a diagonal one', (i) => (i * 7) % 13, () => 0],
    ['the identity', () => 1, () => 0],
    ['a graded one', (i) => 10 ** (-i / 8), (i) => -(10 ** (-i / 8 - 1))],
    ['one of tiny couplings', (i) => i, () => 1e-15],
    ['one of couplings of both signs', (i) => Math.sin(i), (i) => Math.cos(i * i)],
    ['one of large couplings', () => 0, (i) => (i % 2 ? 1e8 : 1)],
  ])('takes %s apart', async (_, d, e) => {
    const n = 151;
    const { values, orthogonality, pairs } = await errorsOf(tridiagonal(n, d, e), n);
    expect(values).toEqual(ascending(values));
    expect(Math.max(orthogonality, pairs)).toBeLessThan(n);
  });

  it('takes any small whole numbers apart, which have many equal eigenvalues', async () => {
    const entry = fc.integer({ min: -2, max: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(entry, entry), { minLength: 33, maxLength: 90 }),
        async (list) => {
          const n = list.length;
          const a = tridiagonal(
            n,
            (i) => list[i]![0],
            (i) => list[i]![1],
          );
          const { orthogonality, pairs } = await errorsOf(a, n);
          expect(Math.max(orthogonality, pairs)).toBeLessThan(n + 10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the same bits on one thread and on two, and while another is solved', async () => {
    const n = 290;
    const a = randomSymmetric(n, 6);
    const alone = await symmetricEigen(a, n, one);
    const [found] = await Promise.all([symmetricEigen(a, n, two), symmetricEigen(a, n, one)]);
    expect(found).toEqual(alone);
  });
});
