import type { Gemm } from './gemm.ts';
import { type Conditioned, FLOOR } from './symmetric.ts';

/** Columns of a block: the kernel's. */
export const WIDTH = 128;

/** Columns of a lower triangle, contiguous from their diagonal block down: products update them in place. */
export interface BlockColumn {
  /** Its first row and column. */
  readonly start: number;
  readonly width: number;
  /** [order − start, width] */
  readonly values: Float64Array;
}

/** Numbers in the block columns of a lower triangle of `order` rows. */
export function sizeOfBlockColumns(order: number): number {
  let size = 0;
  for (let start = 0; start < order; start += WIDTH) {
    size += (order - start) * Math.min(WIDTH, order - start);
  }
  return size;
}

/** The block columns that lie at byte `at` of a kernel's memory. */
export function blockColumns(memory: WebAssembly.Memory, at: number, order: number): BlockColumn[] {
  const columns: BlockColumn[] = [];
  let from = at;
  for (let start = 0; start < order; start += WIDTH) {
    const width = Math.min(WIDTH, order - start);
    const values = new Float64Array(memory.buffer, from, (order - start) * width);
    columns.push({ start, width, values });
    from += values.byteLength;
  }
  return columns;
}

/**
 * As `copyConditioned`, into block columns: the rows kept, scaled, behind as many zero rows as make their
 * number a multiple of 4. Returns how many those are.
 *
 * @param shift added to the diagonal
 */
export function copyToBlockColumns(
  a: Float64Array,
  n: number,
  { rows, factor }: Conditioned,
  columns: readonly BlockColumn[],
  shift = 0,
): number {
  const padding = -rows.length & 3;
  const order = padding + rows.length;
  const added = shift * factor;
  for (const { start, width, values } of columns) {
    // What lies above the diagonal must be finite.
    values.fill(0, 0, width * width);
    for (let i = Math.max(start, padding); i < order; i++) {
      const row = rows[i - padding]!;
      const from = row * n;
      const to = (i - start) * width - start;
      const end = Math.min(start + width - 1, i);
      values.fill(0, to + start, to + Math.min(padding, end + 1));
      // The rows kept ascend: their columns are in the lower triangle too.
      for (let j = Math.max(start, padding); j <= end; j++) {
        const value = a[from + rows[j - padding]!]! * factor;
        values[to + j] = Math.abs(value) < FLOOR ? 0 : value;
      }
      if (end === i) values[to + i]! += added;
    }
  }
  return padding;
}

/**
 * Takes P Pᵀ off the block columns from row and column `from` on, for a P [order − from, depth].
 *
 * @param later those that start at `from` or after it
 */
export async function subtractSquare(
  later: readonly BlockColumn[],
  from: number,
  p: Float64Array,
  depth: number,
  gemm: Gemm,
): Promise<void> {
  const products = later.map(({ start, width, values }) => {
    const below = p.subarray((start - from) * depth);
    return {
      a: { data: below, rows: values.length / width, columns: depth },
      b: { data: below.subarray(0, width * depth), rows: width, columns: depth },
      out: values,
    };
  });
  await gemm.multiplyAll(products, { transposeB: true, subtract: true });
}
