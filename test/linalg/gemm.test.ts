import { afterAll, describe, expect, it } from 'vitest';
import { type Floats, type Matrix, onnxGemm, threadsFor } from '../../src/linalg/gemm.ts';
import { largestDifference } from './matrices.ts';
import { integerMatrix, plainGemm, randomMatrix, transposed } from './plain.ts';

const one = onnxGemm(1);
const two = onnxGemm(2);
const more = [two, onnxGemm(3), onnxGemm(4)];
afterAll(async () => {
  await one.close();
  for (const gemm of more) await gemm.close();
});

// Around the blocks of the products inside onnxruntime, and nothing at all.
const SHAPES = [
  [0, 5, 3],
  [5, 0, 3],
  [5, 3, 0],
  [1, 1, 1],
  [1, 257, 2],
  [255, 1, 256],
  [256, 256, 256],
  [257, 255, 1],
  [3, 513, 257],
  [513, 2, 255],
] as const;

/** Of a large array, a difference would be printed number by number. */
function sameBytes(a: Floats, b: Floats): boolean {
  return Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;
}

describe('threadsFor', () => {
  it('gives as many threads as have a share each, of many cores a part', () => {
    const of = (length: number) => [1, 2, 12, 16, 17, 64].map((n) => threadsFor(length, 128, n));
    expect(of(2048)).toEqual([1, 2, 12, 16, 16, 16]);
    expect(of(1024)).toEqual([1, 2, 8, 8, 8, 8]);
    expect(of(255)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(threadsFor(1, 4096, 8)).toBe(1);
    expect(threadsFor(128, 4096, 8)).toBe(8);
  });
});

describe('onnxGemm', () => {
  it.each(SHAPES)(
    'multiplies integers exactly: [%i, %i] by columns %i, any transpose',
    async (rows, inner, columns) => {
      const a = integerMatrix(rows, inner, 'a');
      const b = integerMatrix(inner, columns, 'b');
      const expected = await plainGemm.multiply(a, b);
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const left = transposeA ? transposed(a) : a;
          const right = transposeB ? transposed(b) : b;
          const product = await one.multiply(left, right, { transposeA, transposeB });
          expect(product).toMatchObject({ rows, columns });
          expect(largestDifference(product.data, expected.data)).toBe(0);
        }
      }
    },
  );

  it('gives the same bits with one thread and with two, three and four', async () => {
    const shapes = [
      [1, 700, 1],
      [255, 513, 257],
      [600, 300, 40],
      [20, 900, 600],
      [130, 400, 129],
      [700, 333, 1],
    ] as const;
    for (const [rows, inner, columns] of shapes) {
      const a = randomMatrix(rows, inner, 'a');
      const b = randomMatrix(inner, columns, 'b');
      const turned = transposed(a);
      for (const [left, transposeA] of [
        [a, false],
        [turned, true],
      ] as const) {
        const alone = await one.multiply(left, b, { transposeA });
        for (const gemm of more) {
          const together = await gemm.multiply(left, b, { transposeA });
          expect(sameBytes(together.data, alone.data)).toBe(true);
        }
      }
      const exact = (await one.multiply(a, b)).data;
      for (const [transposeA, transposeB] of [
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ]) {
        const singles = [
          single(transposeA ? turned : a),
          single(transposeB ? transposed(b) : b),
        ] as const;
        const alone = await one.multiply(...singles, { transposeA, transposeB });
        expect(alone.data).toBeInstanceOf(Float32Array);
        for (const gemm of more) {
          const together = await gemm.multiply(...singles, { transposeA, transposeB });
          expect(sameBytes(together.data, alone.data)).toBe(true);
        }
        expect(largestDifference(Float64Array.from(alone.data), exact)).toBeLessThan(1e-3);
      }
    }
  });

  it.each([1, 2, 15, 37])('gives %i products at once the bits of each by itself', async (count) => {
    // Some for one thread and some for more, one of them an empty sum.
    const shapes = [...SHAPES, [700, 300, 128], [128, 1024, 128], [3, 0, 5]] as const;
    const factors = Array.from({ length: count }, (_, i) => {
      const [rows, inner, columns] = shapes[i % shapes.length]!;
      const a = randomMatrix(rows, inner, 'a', i);
      const b = randomMatrix(columns, inner, 'b', i);
      return { a, b, before: randomMatrix(rows, columns, 'before', i).data };
    });
    for (const subtract of [false, true]) {
      const how = { transposeB: true, subtract };
      const alone = factors.map(({ before }) => before.slice());
      for (const [i, { a, b }] of factors.entries()) {
        await one.multiply(a, b, { ...how, out: alone[i]! });
      }
      for (const gemm of [one, ...more]) {
        const products = factors.map(({ a, b, before }) => ({ a, b, out: before.slice() }));
        await gemm.multiplyAll(products, how);
        for (const [i, { out }] of products.entries()) {
          expect(sameBytes(out, alone[i]!)).toBe(true);
        }
      }
    }
  });

  it('writes into the array it is given, even a longer one, and nothing past its end', async () => {
    const a = integerMatrix(4, 3, 'a');
    const b = integerMatrix(3, 5, 'b');
    const out = new Float64Array(22).fill(7);
    const empty = { data: new Float64Array(0), rows: 0, columns: 3 };
    await one.multiply(empty, b, { out });
    expect(new Set(out)).toEqual(new Set([7]));
    const product = await one.multiply(a, b, { out });
    expect(product.data.buffer).toBe(out.buffer);
    expect(out.subarray(0, 20)).toEqual((await plainGemm.multiply(a, b)).data);
    expect(out.subarray(20)).toEqual(Float64Array.of(7, 7));
  });

  it('takes a product off what is there, with the same bits on any number of threads', async () => {
    for (const [rows, inner, columns] of [...SHAPES, [700, 300, 128]] as const) {
      const a = integerMatrix(rows, inner, 'a');
      const b = integerMatrix(columns, inner, 'b');
      const before = integerMatrix(rows, columns, 'before').data;
      const { data } = await plainGemm.multiply(a, transposed(b));
      const out = before.slice();
      const product = await one.multiply(a, b, { transposeB: true, out, subtract: true });
      expect(product.data).toBe(out);
      expect(
        largestDifference(
          out,
          before.map((value, k) => value - data[k]!),
        ),
      ).toBe(0);
    }
    const [x, y] = [randomMatrix(700, 300, 'x'), randomMatrix(128, 300, 'y')];
    const start = randomMatrix(700, 128, 'start').data;
    const [alone, ...together] = await Promise.all(
      [one, ...more].map((gemm) =>
        gemm.multiply(x, y, { transposeB: true, out: start.slice(), subtract: true }),
      ),
    );
    for (const { data } of together) expect(sameBytes(data, alone!.data)).toBe(true);
  });

  it('leaves its factors as they are', async () => {
    const a = integerMatrix(4, 4, 'a');
    const copy = a.data.slice();
    await one.multiply(a, a, { transposeA: true });
    expect(a.data).toEqual(copy);
  });

  it('works on many products at once', async () => {
    const factors = Array.from({ length: 8 }, (_, i) => integerMatrix(9 + i, 9 + i, i));
    const squares = await Promise.all(factors.map((a) => two.multiply(a, a)));
    for (const [i, a] of factors.entries()) {
      expect(squares[i]).toEqual(await plainGemm.multiply(a, a));
    }
  });

  it('takes factors that threads share, of which onnxruntime wants a copy', async () => {
    const a = integerMatrix(4, 3, 'a');
    const b = integerMatrix(3, 5, 'b');
    const shared = new Float64Array(new SharedArrayBuffer(a.data.byteLength));
    shared.set(a.data);
    const product = await one.multiply({ ...a, data: shared }, b);
    expect(product).toEqual(await one.multiply(a, b));
  });

  it('refuses inner dimensions that differ', async () => {
    const a = integerMatrix(2, 3, 'a');
    await expect(one.multiply(a, a)).rejects.toThrow('inner dimensions differ: 3 and 2');
  });

  it('can be used again after it was closed', async () => {
    const gemm = onnxGemm(1);
    const a = integerMatrix(2, 2, 'a');
    const before = await gemm.multiply(a, a);
    await gemm.close();
    expect(await gemm.multiply(a, a)).toEqual(before);
    await gemm.close();
  });
});

function single({ data, rows, columns }: Matrix): Matrix<Float32Array> {
  return { data: Float32Array.from(data), rows, columns };
}
