import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onnxGemm } from '../../../src/linalg/gemm.ts';
import { type Kernel, kernelAt } from '../../../src/metrics/pairs/kernel.ts';
import { KernelVisitor } from '../../../src/metrics/pairs/kernel-visitor.ts';
import { gaussian, polynomial } from '../../../src/metrics/pairs/kernels.ts';
import { eachProduct, type ProductBlock } from '../../../src/metrics/pairs/products.ts';
import type { Sample } from '../../../src/metrics/sample.ts';
import { normals } from '../kinds/samples.ts';

const gemm = onnxGemm(1);

/** The products of all pairs, as the passes see them. */
async function productsOf(x: Sample, y: Sample): Promise<ProductBlock[]> {
  const blocks: ProductBlock[] = [];
  const visitor = {
    visit: (block: ProductBlock) =>
      void blocks.push({ ...block, products: block.products.slice() }),
  };
  await eachProduct(x, y, gemm, [visitor]);
  return blocks;
}

/** Sums by a loop over one row after the other; what `KernelVisitor` adds to them is left out. */
function plainSums(
  blocks: ProductBlock[],
  kernel: Kernel,
  [m, n]: [number, number],
  factor: number,
) {
  const rows = new Float64Array(m);
  const columns = new Float64Array(n);
  let squares = 0;
  for (const { rows: count, columns: width, products } of blocks) {
    for (let row = 0; row < count; row++) {
      let [sum, square] = [0, 0];
      for (let column = 0; column < width; column++) {
        const value = kernelAt(kernel, products[row * width + column]! * factor * factor);
        sum += value;
        square += value * value;
        columns[column]! += value;
      }
      rows[row]! += sum;
      squares += square;
    }
  }
  return { rows, columns, squares };
}

describe('sums of kernels over pairs', () => {
  it.each([polynomial, gaussian])('have the bits of a plain loop: $name', async (kernel) => {
    const size = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(), async (m, n, seed) => {
        const [x, y] = [normals(m, 5, `x${seed}`), normals(n, 5, `y${seed}`)];
        const factor = 0.375;
        const constant = { ...kernel, name: `${kernel.name} ${seed}`, factor: () => factor };
        const visitor = new KernelVisitor(constant, x, y);
        await eachProduct(x, y, gemm, [visitor]);
        const expected = plainSums(await productsOf(x, y), kernel, [m, n], factor);
        expect(visitor.between().squares).toBe(expected.squares);
        // One number is added to all rows, another to all columns.
        const { rows, columns } = visitor.between();
        const more = rows[0]! - expected.rows[0]!;
        for (const [i, row] of rows.entries())
          expect(row - expected.rows[i]!).toBeCloseTo(more, 12);
        const other = columns[0]! - expected.columns[0]!;
        for (const [j, column] of columns.entries()) {
          expect(column - expected.columns[j]!).toBeCloseTo(other, 12);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([2, 3, 8, 9, 33])('within %d rows are those of all pairs', async (count) => {
    const x = normals(count, 4, 'x');
    const visitor = new KernelVisitor(gaussian, x, x);
    await eachProduct(x, x, gemm, [visitor]);
    const { rows, squares } = visitor.within();
    const data = x.read(0, count, new Float32Array(4 * count));
    const of = (i: number) => data.subarray(4 * i, 4 * i + 4);
    const product = (a: Float32Array, b: Float32Array) => a.reduce((s, v, k) => s + v * b[k]!, 0);
    let total = 0;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = 0; j < count; j++) {
        if (i === j) continue;
        const lengths = Math.sqrt(product(of(i), of(i)) * product(of(j), of(j)));
        const value = kernelAt(gaussian, product(of(i), of(j)) / lengths);
        sum += value;
        total += value * value;
      }
      expect(rows[i]).toBeCloseTo(sum, 6);
    }
    expect(squares).toBeCloseTo(total, 6);
  });
});
