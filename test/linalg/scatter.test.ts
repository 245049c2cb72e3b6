import { afterAll, describe, expect, it } from 'vitest';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { Scatter } from '../../src/linalg/scatter.ts';
import { largestDifference } from './matrices.ts';
import { plainMoments, randomMatrix } from './plain.ts';

const gemm = onnxGemm(1);
afterAll(() => gemm.close());
const EPS = Number.EPSILON;

async function momentsOf(rows: number, dimension: number) {
  const z = randomMatrix(rows, dimension, rows, dimension);
  const scatter = new Scatter(dimension, gemm);
  await scatter.add(z.data, rows);
  return { z, moments: scatter.moments() };
}

describe('Scatter', () => {
  // Around one chunk of 2048 rows, and several.
  it.each([2, 3, 2047, 2048, 2049, 4099])('sums %i rows as the definition does', async (rows) => {
    const { z, moments } = await momentsOf(rows, 5);
    const expected = plainMoments(z);
    expect(moments.count).toBe(rows);
    expect(largestDifference(moments.mean, expected.mean)).toBeLessThan(2 * rows * EPS);
    expect(largestDifference(moments.covariance.data, expected.covariance)).toBeLessThan(
      2 * rows * EPS,
    );
  });

  // Around one panel of 256 columns, and several.
  it.each([1, 255, 256, 257, 511, 513])(
    'places every block of %i dimensions',
    async (dimension) => {
      const { z, moments } = await momentsOf(9, dimension);
      const expected = plainMoments(z);
      expect(moments.covariance).toMatchObject({ rows: dimension, columns: dimension });
      expect(largestDifference(moments.covariance.data, expected.covariance)).toBeLessThan(1e-14);
    },
  );

  it('gives an exactly symmetric covariance', async () => {
    const { data } = (await momentsOf(50, 300)).moments.covariance;
    const mirrored = data.map((_, k) => data[(k % 300) * 300 + Math.floor(k / 300)]!);
    expect(largestDifference(data, mirrored)).toBe(0);
  });

  it('goes on after its moments were taken, and reads only the rows that it is told', async () => {
    const z = randomMatrix(40, 6, 'pieces');
    const scatter = new Scatter(6, gemm);
    for (const [start, end] of [
      [0, 7],
      [7, 7],
      [7, 8],
      [8, 40],
    ] as const) {
      await scatter.add(z.data.subarray(start * 6), end - start);
      if (scatter.count >= 2) scatter.moments();
    }
    const expected = plainMoments(z);
    const { count, mean, covariance } = scatter.moments();
    expect(count).toBe(40);
    expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-15);
    expect(largestDifference(covariance.data, expected.covariance)).toBeLessThan(1e-14);
  });

  it('refuses the covariance of no row and of one', async () => {
    const scatter = new Scatter(3, gemm);
    expect(() => scatter.moments()).toThrow('covariance of 0 rows');
    await scatter.add(Float64Array.of(1, 2, 3), 1);
    expect(() => scatter.moments()).toThrow('covariance of 1 rows');
  });
});
