import { describe, expect, it } from 'vitest';
import { factorProduct } from '../../src/linalg/factor-product.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { PANEL } from '../../src/linalg/panels.ts';
import { largestDifference } from './matrices.ts';
import { plainGemm, randomMatrix } from './plain.ts';

const { gemm, semidefiniteFactor } = fastAlgebra(1);
const EPS = Number.EPSILON;

/** A pivoted factor of the covariance of `rows` rows, scaled so that its rows are of length 1 or so. */
async function factorOf(rows: number, d: number) {
  const x = randomMatrix(rows, d, 'reference', d);
  const { data } = await gemm.multiply(x, x, { transposeA: true });
  const { factor, rank } = await semidefiniteFactor(
    data.map((value) => value / rows),
    d,
  );
  return { data: factor, rows: d, columns: rank };
}

describe('factorProduct', () => {
  it.each([1, 2, PANEL - 1, PANEL, PANEL + 1, 2 * PANEL, 3 * PANEL + 5])(
    'is the product with a pivoted factor of order %i',
    async (d) => {
      const m = await factorOf(d + 20, d);
      for (const n of [1, 17]) {
        const z = randomMatrix(n, d, 'rows', n);
        const found = await factorProduct(z, m, gemm);
        const expected = await plainGemm.multiply(z, m);
        expect(found).toMatchObject({ rows: n, columns: m.columns });
        expect(largestDifference(found.data, expected.data)).toBeLessThan(64 * Math.sqrt(d) * EPS);
      }
    },
  );

  it('is the product for a deficient rank, a matrix without zeros, and none of its rows', async () => {
    const d = 2 * PANEL + 3;
    const low = await factorOf(PANEL + 9, d);
    expect(low.columns).toBe(PANEL + 9);
    const z = randomMatrix(5, d, 'rows');
    for (const m of [low, randomMatrix(d, 40, 'dense')]) {
      const found = await factorProduct(z, m, gemm);
      const expected = await plainGemm.multiply(z, m);
      expect(largestDifference(found.data, expected.data)).toBeLessThan(64 * Math.sqrt(d) * EPS);
    }
    const none = await factorProduct({ data: new Float64Array(0), rows: 0, columns: d }, low, gemm);
    expect(none).toMatchObject({ rows: 0, columns: low.columns });
  });

  it('gives a row the same bits among others as alone', async () => {
    const d = 2 * PANEL;
    const m = await factorOf(d + 20, d);
    const z = randomMatrix(40, d, 'rows');
    const all = await factorProduct(z, m, gemm);
    for (const [start, rows] of [
      [0, 13],
      [13, 27],
      [39, 1],
    ] as const) {
      const data = z.data.subarray(start * d, (start + rows) * d);
      const part = await factorProduct({ data, rows, columns: d }, m, gemm);
      const expected = all.data.subarray(start * d, (start + rows) * d);
      expect(largestDifference(part.data, expected)).toBe(0);
    }
  });
});
