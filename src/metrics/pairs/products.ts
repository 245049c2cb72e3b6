import type { Gemm, Matrix } from '../../linalg/gemm.ts';
import type { Rows } from '../sample.ts';
import { blockProducts } from './block-products.ts';
import { BLOCK } from './scales.ts';
import { Tile } from './tile.ts';

/** The products of a block of rows x_i and a block of rows y_j. */
export interface ProductBlock {
  /** Their first rows. */
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly columns: number;
  /** x_iᵀ y_j in float32, [rows, columns]. */
  readonly products: Float32Array;
  /** Where they lie. */
  readonly tile: Tile;
  /** The rows themselves. */
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Within one sample: whether both blocks are the same. Only j > i counts, and is defined. */
  readonly isDiagonal: boolean;
}

/** Reads the products of pairs, block by block. */
export interface Visitor {
  visit(block: ProductBlock): void;
}

/** Watches a pass over pairs. */
export interface PairWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onPairs?: ((pairs: number) => void) | undefined;
}

/**
 * Shows all pairs of rows of x and y to the visitors; within one sample (x is y), blocks with i ≤ j.
 * Two blocks of rows and their products are in memory, never all pairs.
 */
export async function eachProduct(
  x: Rows,
  y: Rows,
  gemm: Gemm,
  visitors: readonly Visitor[],
  { signal, onPairs }: PairWatch = {},
): Promise<void> {
  const isWithin = x === y;
  const d = x.dimension;
  const size = (sample: Rows) => Math.min(BLOCK, sample.rows);
  const memory = [x, y].map((sample) => new Float32Array(size(sample) * d));
  const tile = new Tile(size(x), size(y));
  const block = (sample: Rows, start: number, out: Float32Array): Matrix<Float32Array> => {
    const rows = Math.min(BLOCK, sample.rows - start);
    return { data: sample.read(start, rows, out), rows, columns: d };
  };
  try {
    for (let i = 0; i < x.rows; i += BLOCK) {
      const left = block(x, i, memory[0]!);
      for (let j = isWithin ? i : 0; j < y.rows; j += BLOCK) {
        signal?.throwIfAborted();
        const isDiagonal = isWithin && i === j;
        const right = isDiagonal ? left : block(y, j, memory[1]!);
        const { products } = tile;
        await blockProducts(left, right, gemm, products, isDiagonal);
        const [rows, columns] = [left.rows, right.rows];
        const data = { left: left.data, right: right.data, products };
        for (const visitor of visitors)
          visitor.visit({ i, j, rows, columns, ...data, tile, isDiagonal });
        onPairs?.(isDiagonal ? (rows * (rows - 1)) / 2 : rows * columns);
      }
    }
  } finally {
    tile.close();
  }
}
