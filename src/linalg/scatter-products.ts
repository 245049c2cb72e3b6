import type { Floats, Gemm } from './gemm.ts';
import type { Block, ScatterSpace } from './scatter-space.ts';

/** What a block's product is of. */
export interface Factors {
  readonly block: Block;
  readonly a: Floats;
  readonly b: Floats;
}

/**
 * Adds A Bᵀ to each block, for as many rows of A and of B as it has rows and columns.
 *
 * @param inner columns of A and B
 * @param threads most threads of the products; by default all of the Gemm's
 */
export async function addProducts(
  space: ScatterSpace,
  factors: readonly Factors[],
  inner: number,
  gemm: Gemm,
  threads?: number,
): Promise<void> {
  // onnxruntime packs the second factor: the narrow one, once for all of the long one.
  const products = factors.map(({ block: { sums, product }, a, b }) => ({
    a: { data: a.subarray(0, sums.rows * inner), rows: sums.rows, columns: inner },
    b: { data: b.subarray(0, sums.columns * inner), rows: sums.columns, columns: inner },
    out: product,
  }));
  await gemm.multiplyAll<Floats>(products, { transposeB: true, threads });
  for (const { block } of factors) space.addProduct(block);
}

/** The factors of each block in a chunk of `count` rows, transposed [d, count]. */
export function factorsIn(blocks: readonly Block[], chunk: Floats, count: number): Factors[] {
  const rowsOf = (from: number) => chunk.subarray(from * count);
  return blocks.map((block) => ({ block, a: rowsOf(block.top), b: rowsOf(block.left) }));
}
