import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onnxGemm } from '../../../src/linalg/gemm.ts';
import { blockProducts } from '../../../src/metrics/pairs/block-products.ts';
import { ColumnScan } from '../../../src/metrics/pairs/column-scan.ts';
import { Tile } from '../../../src/metrics/pairs/tile.ts';
import { randomMatrix } from '../../linalg/plain.ts';

describe('the products of two blocks of rows', () => {
  const rowsOf = (rows: number, seed: string) => {
    const { data } = randomMatrix(rows, 37, seed);
    return { data: Float32Array.from(data), rows, columns: 37 };
  };
  const cases = [1, 2, 300, 769, 1024, 1537].flatMap((n) => [
    { n, threads: 1 },
    { n, threads: 2 },
  ]);

  it.each(cases)(
    'have the bits of one product: $n rows, $threads threads',
    async ({ n, threads }) => {
      const [x, y] = [rowsOf(n, 'x'), rowsOf(400, 'y')];
      const gemm = onnxGemm(threads);
      for (const other of [y, x]) {
        const isDiagonal = other === x;
        const whole = (await gemm.multiply(x, other, { transposeB: true })).data;
        const found = new Float32Array(whole.length);
        await blockProducts(x, other, gemm, found, isDiagonal);
        let different = 0;
        for (let i = 0; i < n; i++) {
          for (let j = isDiagonal ? i : 0; j < other.rows; j++) {
            different += Number(found[i * other.rows + j] !== whole[i * other.rows + j]);
          }
        }
        expect(different).toBe(0);
      }
      await gemm.close();
    },
  );
});

describe('the scan of a row for close columns', () => {
  const value = fc.oneof(
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY),
  );
  const limit = fc.oneof(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const length = fc.double({ min: 0, max: 100, noNaN: true });

  it('misses none, and finds none that is clearly far', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, length, limit), { minLength: 1, maxLength: 60 }),
        fc.tuple(length, limit, fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(70),
        (columns, [own, most, more], first) => {
          const tile = new Tile(1, columns.length);
          tile.products.set(columns.map(([product]) => product));
          const lengths = Float64Array.from(columns, ([, each]) => each);
          const reach = Float64Array.from(columns, ([, , each]) => each);
          const scan = new ColumnScan(tile, lengths, reach);
          const hits = [...scan.hits.subarray(0, scan.find(0, first, own, most, more))];
          const near = (margin: number) =>
            columns.flatMap((_, j) => {
              if (j < first) return [];
              const distance = own + lengths[j]! - 2 * tile.products[j]!;
              const limits = [most + margin, reach[j]! + more + margin];
              return limits.some((each) => !(distance > each)) ? [j] : [];
            });
          tile.close();
          for (const column of near(0).filter((j) => !Number.isNaN(columns[j]![0]))) {
            expect(hits).toContain(column);
          }
          for (const column of hits) expect(near(1e-3)).toContain(column);
          expect(hits).toEqual(hits.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('finds what a reach that has shrunk leaves', () => {
    const tile = new Tile(1, 20);
    tile.products.fill(1);
    const reach = new Float64Array(20).fill(Number.POSITIVE_INFINITY);
    const scan = new ColumnScan(tile, new Float64Array(20).fill(2), reach);
    const find = () => scan.find(0, 0, 2, Number.NEGATIVE_INFINITY, 0);
    expect(find()).toBe(20);
    for (const column of [0, 7, 19]) {
      reach[column] = 1;
      scan.update(column);
    }
    expect(find()).toBe(17);
    reach[7] = 2;
    scan.update(7);
    expect(find()).toBe(18);
    tile.close();
  });
});
