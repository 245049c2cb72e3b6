import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { kernelSums } from '../../src/metrics/kernel-sums.ts';
import { kid } from '../../src/metrics/kid.ts';
import { mmdVariance } from '../../src/metrics/mmd-variance.ts';
import { integerMatrix, plainAlgebra, plainGemm, randomMatrix } from '../linalg/plain.ts';
import { featuresOf } from './feature-pools.ts';
import { randomRows } from './gaussians.ts';

const algebra = fastAlgebra(1);
const EPS = Number.EPSILON;

const kernel = (x: Matrix, i: number, y: Matrix, j: number) => {
  const d = x.columns;
  let product = 0;
  for (let k = 0; k < d; k++) product += x.data[i * d + k]! * y.data[j * d + k]!;
  return (product / d + 1) ** 3;
};

/** MMD² by its definition. */
function plainKid(x: Matrix, y: Matrix): number {
  const mean = (a: Matrix, b: Matrix) => {
    let [total, count] = [0, 0];
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < b.rows; j++) {
        if (a === b && i === j) continue;
        total += kernel(a, i, b, j);
        count++;
      }
    }
    return total / count;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

describe('kid', () => {
  it('is MMD² by its definition, for unequal sizes and any blocks, and symmetric', async () => {
    const size = fc.integer({ min: 2, max: 12 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 13 }),
        fc.nat(),
        async (m, n, d, block, seed) => {
          const x = randomRows(m!, d!, 'x', seed!);
          const y = randomRows(n!, d!, 'y', seed!);
          const options = { algebra, block: block! };
          const found = await kid(featuresOf(x), featuresOf(y), options);
          expect(Math.abs(found.kid - plainKid(x, y))).toBeLessThan(1e-13);
          const turned = await kid(featuresOf(y), featuresOf(x), options);
          expect(Math.abs(turned.kid - found.kid)).toBeLessThan(1e-13);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is exact to a few EPS of its kernel values, however small it is itself', async () => {
    // Integers over d = 64: every kernel value is a multiple of 2⁻¹⁸, and BigInt adds them exactly.
    const d = 64;
    const [x, y] = [integerMatrix(30, d, 'x'), integerMatrix(40, d, 'y')];
    const scaled = (a: Matrix, b: Matrix) => {
      let total = 0n;
      for (let i = 0; i < a.rows; i++) {
        for (let j = 0; j < b.rows; j++) {
          if (a === b && i === j) continue;
          let product = BigInt(d);
          for (let k = 0; k < d; k++) {
            product += BigInt(a.data[i * d + k]!) * BigInt(b.data[j * d + k]!);
          }
          total += product ** 3n;
        }
      }
      return total;
    };
    // All three means over the one denominator 30·29·40·39 · 64³.
    const [m, n] = [30n, 40n];
    const numerator =
      scaled(x, x) * n * (n - 1n) +
      scaled(y, y) * m * (m - 1n) -
      2n * scaled(x, y) * (m - 1n) * (n - 1n);
    const exact = Number(numerator) / Number(m * (m - 1n) * n * (n - 1n)) / d ** 3;
    const largest = 20 ** 3;
    const found = await kid(featuresOf(x), featuresOf(y), { algebra });
    expect(Math.abs(found.kid - exact)).toBeLessThan(largest * EPS);
  });

  it('is zero on average for equal distributions, and below zero about as often as above', async () => {
    const values: number[] = [];
    for (let seed = 0; seed < 120; seed++) {
      const x = randomMatrix(12, 4, 'x', seed);
      const y = randomMatrix(8, 4, 'y', seed);
      values.push((await kid(featuresOf(x), featuresOf(y), { algebra: plainAlgebra })).kid);
    }
    const mean = values.reduce((a, b) => a + b) / values.length;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean)).toBeLessThan((3.5 * sd) / Math.sqrt(values.length));
    expect(values.filter((value) => value < 0).length).toBeGreaterThan(36);
  });

  it('refuses one image, and features of different dimensions; has no error of three', async () => {
    const of = (rows: number, d: number) => featuresOf(randomRows(rows, d, 'of'));
    await expect(kid(of(1, 3), of(5, 3), { algebra })).rejects.toThrow(StudyError);
    await expect(kid(of(5, 3), of(5, 4), { algebra })).rejects.toThrow('3 and of 4 dimensions');
    expect((await kid(of(3, 3), of(5, 3), { algebra })).se).toBeNull();
  });

  it('tells how far it is, and ends when it is told to', async () => {
    const x = featuresOf(randomRows(20, 3, 'x'));
    const seen: number[] = [];
    await kid(x, x, { algebra, block: 7, onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(kid(x, x, { algebra, signal })).rejects.toThrow('enough');
  });
});

describe('mmdVariance', () => {
  it('is made of means over distinct rows, as counted one by one', async () => {
    const [m, n] = [5, 6];
    const x = randomRows(m, 3, 'x');
    const y = randomRows(n, 3, 'y');
    const sums = await kernelSums(featuresOf(x), featuresOf(y), plainGemm);
    const k = (a: Matrix, i: number, b: Matrix, j: number) => kernel(a, i, b, j);
    const X = [...Array(m).keys()];
    const Y = [...Array(n).keys()];
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const distinct = (...indices: number[]) => new Set(indices).size === indices.length;

    /** The parts of the variance that belong to one side, over its distinct rows. */
    function side(a: Matrix, A: number[], b: Matrix, B: number[]) {
      const pairs = A.flatMap((i) => A.filter((j) => j !== i).map((j) => [i, j] as const));
      const triples = pairs.flatMap(([i, j]) =>
        A.filter((l) => distinct(i, j, l)).map((l) => [i, j, l] as const),
      );
      const quads = triples.flatMap(([i, j, l]) =>
        A.filter((o) => distinct(i, j, l, o)).map((o) => [i, j, l, o] as const),
      );
      const square = mean(pairs.map(([i, j]) => k(a, i, a, j) ** 2));
      const shared = mean(triples.map(([i, j, l]) => k(a, i, a, j) * k(a, i, a, l)));
      const apart = mean(quads.map(([i, j, l, o]) => k(a, i, a, j) * k(a, l, a, o)));
      const mixed = mean(pairs.flatMap(([i, j]) => B.map((s) => k(a, i, a, j) * k(a, i, b, s))));
      const mixedApart = mean(
        triples.flatMap(([i, j, l]) => B.map((s) => k(a, i, a, j) * k(a, l, b, s))),
      );
      const acrossShared = mean(
        A.flatMap((i) =>
          B.flatMap((s) => B.filter((t) => t !== s).map((t) => k(a, i, b, s) * k(a, i, b, t))),
        ),
      );
      const acrossApart = mean(
        pairs.flatMap(([i, j]) =>
          B.flatMap((s) => B.filter((t) => t !== s).map((t) => k(a, i, b, s) * k(a, j, b, t))),
        ),
      );
      return {
        first: shared - apart - 2 * (mixed - mixedApart) + acrossShared - acrossApart,
        second: square - 2 * shared + apart,
        acrossShared,
        acrossApart,
      };
    }
    const ofX = side(x, X, y, Y);
    const ofY = side(y, Y, x, X);
    const across = mean(X.flatMap((i) => Y.map((j) => k(x, i, y, j) ** 2)));
    const acrossSecond = across - ofX.acrossShared - ofY.acrossShared + ofX.acrossApart;
    const variance = mmdVariance(sums)!;
    expect(variance.first).toBeCloseTo((4 / m) * ofX.first + (4 / n) * ofY.first, 12);
    expect(variance.second).toBeCloseTo(
      (2 / (m * (m - 1))) * ofX.second +
        (2 / (n * (n - 1))) * ofY.second +
        (4 / (m * n)) * acrossSecond,
      12,
    );
  });
});
