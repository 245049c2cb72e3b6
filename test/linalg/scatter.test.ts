import { afterAll, describe, expect, it, vi } from 'vitest';
import { sha256Of } from '../../src/arrays/sha256.ts';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { type Precision, type SampleMoments, Scatter } from '../../src/linalg/scatter.ts';
import { CHUNK, PANEL, scatterSpace, TILE } from '../../src/linalg/scatter-space.ts';
import { largestDifference } from './matrices.ts';
import { plainMoments, randomMatrix } from './plain.ts';

const gemm = onnxGemm(1);
afterAll(() => gemm.close());
const EPS = Number.EPSILON;

/** What rounding of a row's numbers, and of sums in the precision of a chunk, leaves. */
const UNIT = { double: EPS, single: 2 ** -23 };
const PRECISIONS: Precision[] = ['double', 'single'];

async function momentsOf(rows: number, dimension: number, precision: Precision = 'double') {
  const z = randomMatrix(rows, dimension, rows, dimension);
  const scatter = new Scatter(dimension, gemm, precision);
  await scatter.add(z.data, rows);
  return { z, moments: await scatter.moments() };
}

describe('Scatter', () => {
  const counts = [2, 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 4 * CHUNK + 3];
  const dimensions = [1, PANEL - 1, PANEL, PANEL + 1, 2 * PANEL - 1, 2 * PANEL, 4 * PANEL + 1];

  describe.each(PRECISIONS)('in %s precision', (precision) => {
    it.each(counts)('sums %i rows, around chunks of them, as the definition does', async (rows) => {
      const { z, moments } = await momentsOf(rows, 5, precision);
      const expected = plainMoments(z);
      const bound = 2 * Math.min(rows, CHUNK) * UNIT[precision] + 2 * rows * EPS;
      expect(moments.count).toBe(rows);
      // Means are summed from rows as they are.
      expect(largestDifference(moments.mean, expected.mean)).toBeLessThan(2 * rows * EPS);
      expect(largestDifference(moments.covariance.data, expected.covariance)).toBeLessThan(bound);
    });

    const many = [...dimensions, TILE, TILE + 1, 2 * TILE + PANEL + 1];

    it.each(many)(
      'places every block of %i dimensions, around panels and tiles',
      async (dimension) => {
        const { z, moments } = await momentsOf(9, dimension, precision);
        const expected = plainMoments(z);
        expect(moments.covariance).toMatchObject({ rows: dimension, columns: dimension });
        expect(largestDifference(moments.covariance.data, expected.covariance)).toBeLessThan(
          64 * UNIT[precision],
        );
      },
    );

    it.each(dimensions)(
      'adds rows by their mean and factor, of %i dimensions',
      async (dimension) => {
        const [count, rows] = [9, dimension + 3];
        const { z, moments } = await momentsOf(count, dimension, precision);
        const scatter = new Scatter(dimension, gemm, precision);
        await scatter.add(z.data, count);
        const factor = randomMatrix(dimension, dimension, 1, dimension).data.map((value, k) =>
          k % dimension <= Math.floor(k / dimension) ? value : 0,
        );
        const mean = randomMatrix(1, dimension, 2, dimension).data;
        await scatter.addFactored(rows, mean, factor);
        const both = await scatter.moments();
        expect(both.count).toBe(count + rows);
        const total = count + rows;
        // Chan, Golub & LeVeque 1983, for two parts.
        const weight = (count * rows) / total;
        const expected = both.covariance.data.map((_, k) => {
          const [i, j] = [Math.floor(k / dimension), k % dimension];
          let sum = (count - 1) * moments.covariance.data[k]!;
          for (let l = 0; l <= Math.min(i, j); l++) {
            sum += factor[i * dimension + l]! * factor[j * dimension + l]!;
          }
          const delta = (at: number) => moments.mean[at]! - mean[at]!;
          return (sum + weight * delta(i) * delta(j)) / (total - 1);
        });
        expect(largestDifference(both.covariance.data, expected)).toBeLessThan(
          64 * UNIT[precision],
        );
      },
    );

    it.each([1, 7, 8, 9, 33, CHUNK + 5])(
      'subtracts a row from each of %i rows as if they came without it',
      async (rows) => {
        const dimension = 5;
        const z = randomMatrix(rows, dimension, rows, 'shifted');
        const shift = randomMatrix(1, dimension, 'shift').data;
        const less = z.data.map((value, k) => value - shift[k % dimension]!);
        const [one, other] = [0, 1].map(() => new Scatter(dimension, gemm, precision));
        await one!.add(z.data, rows, shift);
        await one!.add(z.data, rows);
        await other!.add(less, rows);
        await other!.add(z.data, rows);
        expect(await one!.moments()).toEqual(await other!.moments());
      },
    );

    it('takes no rows for what they are, and a draw in pieces as in one', async () => {
      const { z, moments } = await momentsOf(CHUNK + 1, 5, precision);
      const scatter = new Scatter(5, gemm, precision);
      await scatter.add(z.data, 0);
      expect(scatter.count).toBe(0);
      await scatter.add(z.data, CHUNK);
      await scatter.add(z.data.subarray(CHUNK * 5), 1);
      expect(await scatter.moments()).toEqual(moments);
    });
  });

  it('gives the same bits whatever threads its products have, and so whatever their shapes', async () => {
    const [rows, dimension] = [70, 2 * TILE + 2 * PANEL + 3];
    const z = randomMatrix(rows, dimension, 'threads');
    const factor = randomMatrix(dimension, dimension, 'factor').data.map((value, k) =>
      k % dimension <= Math.floor(k / dimension) ? value : 0,
    );
    const found = [];
    for (const threads of [1, 2, 3, 8]) {
      const wide = onnxGemm(threads);
      const scatter = new Scatter(dimension, wide, 'single');
      await scatter.add(z.data, rows);
      await scatter.addFactored(dimension + 1, z.data.subarray(0, dimension), factor);
      found.push((await scatter.moments()).covariance.data);
      await wide.close();
    }
    for (const other of found.slice(1)) expect(largestDifference(other, found[0]!)).toBe(0);
  });

  it.each(PRECISIONS)(
    'gives the same bits where another thread has a part of them, in %s precision',
    async (precision) => {
      const dimension = 2 * TILE + PANEL + 3;
      const z = randomMatrix(CHUNK, dimension, 'helped');
      const factor = randomMatrix(dimension, dimension, 'factor').data;
      const found = [];
      for (const threads of [1, 2, 3]) {
        const wide = onnxGemm(threads);
        const divide = wide.helper && vi.spyOn(wide.helper, 'divide');
        const [scatter, other] = [0, 1].map(() => new Scatter(dimension, wide, precision));
        // The other thread starts meanwhile.
        for (let chunk = 0; chunk < 6; chunk++) await scatter!.add(z.data, CHUNK);
        await vi.waitFor(() => expect(wide.helper?.isReady ?? true).toBe(true), 30_000);
        for (let chunk = 0; chunk < 6; chunk++) {
          await scatter!.add(z.data, CHUNK - chunk);
          await other!.add(z.data, CHUNK);
        }
        const [first, beside] = [await scatter!.moments(), await other!.moments()];
        // The sums go on after they were looked at, here or there.
        await scatter!.add(z.data, 100);
        await scatter!.addFactored(dimension + 1, z.data.subarray(0, dimension), factor);
        await scatter!.add(z.data, 7);
        found.push([first, beside, await scatter!.moments()].map(hashOf));
        const divided = divide?.mock.results.filter(({ value }) => value !== undefined);
        expect(divided?.length).toBe(threads === 1 ? undefined : 3);
        await wide.close();
      }
      expect(found[1]).toEqual(found[0]);
      expect(found[2]).toEqual(found[0]);
    },
  );

  it('ends with the error of another thread that died, and goes on without it', async () => {
    const wide = onnxGemm(2);
    const helper = wide.helper!;
    const dimension = 2 * TILE;
    const space = scatterSpace(dimension, 'double', 2);
    expect(helper.divide(space, dimension, 'double')).toBe(undefined);
    await vi.waitFor(() => expect(helper.isReady).toBe(true), 30_000);
    const division = helper.divide(space, dimension, 'double')!;
    // More rows than there are make no matrix.
    await division.add(space.chunk, 2 * CHUNK);
    await expect(division.end()).rejects.toThrow();
    // It has died by now, and answers nothing.
    await expect(division.end()).rejects.toThrow();
    await division.add(space.chunk, 1).catch(() => {});
    await expect(division.add(space.chunk, 1)).rejects.toThrow();
    expect(helper.divide(space, dimension, 'double')).toBe(undefined);
    await wide.close();
  });

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
      if (scatter.count >= 2) await scatter.moments();
    }
    const expected = plainMoments(z);
    const { count, mean, covariance } = await scatter.moments();
    expect(count).toBe(40);
    expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-15);
    expect(largestDifference(covariance.data, expected.covariance)).toBeLessThan(1e-14);
  });

  it('refuses the covariance of no row and of one', async () => {
    const scatter = new Scatter(3, gemm);
    await expect(scatter.moments()).rejects.toThrow('covariance of 0 rows');
    await scatter.add(Float64Array.of(1, 2, 3), 1);
    await expect(scatter.moments()).rejects.toThrow('covariance of 1 rows');
  });
});

function hashOf({ count, mean, covariance }: SampleMoments) {
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return [count, sha256Of(bytes(mean), bytes(covariance.data))];
}
