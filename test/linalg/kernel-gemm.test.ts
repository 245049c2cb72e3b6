import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kernelGemm } from '../../src/linalg/kernel-gemm.ts';
import { stream } from '../../src/random/stream.ts';

const size = fc.integer({ min: 0, max: 19 });
const gemm = kernelGemm();

/** Small whole numbers, whose sums are exact. */
function matrix(rows: number, columns: number, seed: number) {
  const random = stream(String(seed));
  const data = Float64Array.from(
    { length: rows * columns },
    () => Math.floor(random.next() * 200) - 100,
  );
  return { data, rows, columns };
}

it('multiplies whole numbers exactly, transposed or not, of any shape', async () => {
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      size,
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      async (m, n, k, ta, tb, seed) => {
        const a = ta ? matrix(k, m, seed) : matrix(m, k, seed);
        const b = tb ? matrix(n, k, seed + 1) : matrix(k, n, seed + 1);
        const transposes = { transposeA: ta, transposeB: tb };
        const { data } = await gemm.multiply(a, b, transposes);
        const out = data.map((value) => 2 * value + 1);
        await gemm.multiply(a, b, { ...transposes, out, subtract: true });
        expect(out).toEqual(data.map((value) => value + 1));
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let l = 0; l < k; l++) {
              sum +=
                (ta ? a.data[l * m + i]! : a.data[i * k + l]!) *
                (tb ? b.data[j * k + l]! : b.data[l * n + j]!);
            }
            expect(data[i * n + j]).toBe(sum);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('sums more inner indices than a block has, into memory that is given, also in single precision', async () => {
  const a = matrix(5, 700, 1);
  const out = new Float64Array(25);
  await gemm.multiply(a, a, { transposeB: true, out });
  const single = { ...a, data: Float32Array.from(a.data) };
  const product = await gemm.multiply(single, single, { transposeB: true });
  expect(product.data).toBeInstanceOf(Float32Array);
  expect(Array.from(product.data)).toEqual(Array.from(out));
  let first = 0;
  for (const value of a.data.subarray(0, 700)) first += value * value;
  expect(out[0]).toBe(first);
});

it('refuses factors that do not fit', async () => {
  await expect(gemm.multiply(matrix(2, 3, 1), matrix(2, 3, 1))).rejects.toThrow('inner dimensions');
});
