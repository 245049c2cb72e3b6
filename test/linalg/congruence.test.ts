import { describe, expect, it } from 'vitest';
import { symmetricCongruence } from '../../src/linalg/congruence.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { randomRows } from '../metrics/gaussians.ts';

const { gemm, semidefiniteFactor } = fastAlgebra(1);

/** Mᵀ S M by its definition, with two full products. */
async function direct(m: Matrix, s: Matrix): Promise<Matrix> {
  return gemm.multiply(m, await gemm.multiply(s, m), { transposeA: true });
}

function largestError(found: Matrix, expected: Matrix): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < found.rows; i++) {
    for (let j = 0; j <= i; j++) {
      const k = i * found.columns + j;
      error = Math.max(error, Math.abs(found.data[k]! - expected.data[k]!));
      size = Math.max(size, Math.abs(expected.data[k]!));
    }
  }
  return size > 0 ? error / size : error;
}

async function gram(rows: number, d: number, name: string): Promise<Matrix> {
  const x = randomRows(rows, d, name);
  return gemm.multiply(x, x, { transposeA: true });
}

describe('symmetricCongruence', () => {
  it('is the double product, for pivoted factors around the panel size', async () => {
    for (const d of [1, 2, 3, 255, 256, 257, 300, 513]) {
      const q = await gram(d + 5, d, 'reference');
      const { factor, rank } = await semidefiniteFactor(q.data, d);
      const m = { data: factor, rows: d, columns: rank };
      const s = await gram(2 * d, d, 'generated');
      const found = await symmetricCongruence(m, s, gemm);
      expect([found.rows, found.columns]).toEqual([rank, rank]);
      expect(largestError(found, await direct(m, s))).toBeLessThan(64 * d * Number.EPSILON);
    }
  });

  it('is the double product for a deficient rank, zero rows and dense matrices', async () => {
    const d = 300;
    const s = await gram(2 * d, d, 'generated');
    const low = await gram(40, d, 'low rank');
    for (let i = 0; i < d; i++) low.data[i] = low.data[i * d] = 0;
    const { factor, rank } = await semidefiniteFactor(low.data, d);
    expect(rank).toBe(40);
    for (const m of [{ data: factor, rows: d, columns: rank }, randomRows(d, 270, 'dense')]) {
      const found = await symmetricCongruence(m, s, gemm);
      expect(largestError(found, await direct(m, s))).toBeLessThan(64 * d * Number.EPSILON);
    }
  });

  it('gives the same bits a second time, from the panels it has kept', async () => {
    const m = randomRows(40, 30, 'dense');
    const s = await gram(80, 40, 'generated');
    const first = await symmetricCongruence(m, s, gemm);
    expect(await symmetricCongruence(m, s, gemm)).toEqual(first);
  });
});
