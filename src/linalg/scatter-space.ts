import { loadKernel } from '../kernels/load.ts';
import { KERNEL_BASE } from '../kernels/shared.ts';
import type { Floats, Matrix } from './matrix.ts';

/** Columns of products at the diagonal: 53 % of the full matrix are computed at d = 2048. */
export const PANEL = 128;
/** Rows and columns of products below: what a core reads of both factors stays near it. */
export const TILE = 512;
/** Rows of a product for each thread, see `threadsFor`. */
const ROWS = 128;
/** Rows multiplied at a time: 16 MB of float64 at d = 2048. */
export const CHUNK = 1024;
/** Rows on their way into a chunk: half a megabyte at d = 2048, so that they stay in the cache. */
const STAGE = 32;

/**
 * How rows are multiplied. `double`: float64. `single`: rows are rounded to float32, a chunk of them is
 * multiplied and summed in float32, and the chunks are summed in float64; twice as fast, and on real
 * features FID changes by less than 1e-7 of its value (docs/limits.md).
 */
export type Precision = 'double' | 'single';

type Take = (
  rows: number,
  columns: number,
  from: number,
  step: number,
  to: number,
  stride: number,
  shift: number,
  sums: number,
) => void;
type Add = (sums: number, terms: number, count: number) => void;

interface Kernel {
  takeDouble: Take;
  takeSingle: Take;
  addDouble: Add;
  addSingle: Add;
}

/** A part of Σ z zᵀ on or below the diagonal. */
export interface Block {
  /** Its first row and column. */
  readonly top: number;
  readonly left: number;
  readonly sums: Matrix;
  /** Of its rows and columns in a chunk, to be added to the sums. */
  readonly product: Floats;
}

/** The sums of a `Scatter`, and what they are computed from, in a kernel's memory of their own. */
export interface ScatterSpace {
  /** Σ z [d] */
  readonly columnSums: Float64Array;
  readonly blocks: readonly Block[];
  /** A chunk of rows, transposed [d, rows]: onnxruntime's products are fastest along rows. */
  readonly chunk: Floats;
  /**
   * Takes up to `CHUNK` rows into the chunk, and adds them to the sums of the columns.
   *
   * @param data [rows, d]
   * @param shift a row to subtract from each [d]
   */
  take(data: Float64Array, rows: number, shift?: Float64Array): void;
  /** Adds the product to the sums of a block. */
  addProduct(block: Block): void;
}

/**
 * Memory for the sums of rows of d numbers; all sums are 0.
 *
 * @param threads of the products, which decide their shape but no bit of theirs
 */
export function scatterSpace(d: number, precision: Precision, threads: number): ScatterSpace {
  const shapes = blocksOf(d, Math.max(TILE, ROWS * threads));
  const bytesEach = precision === 'double' ? 8 : 4;
  let end = KERNEL_BASE;
  const place = (count: number, bytes = 8) => {
    const at = end;
    end += Math.ceil((count * bytes) / 64) * 64;
    return at;
  };
  const atSums = place(d);
  const atShift = place(d);
  const atStage = place(STAGE * d);
  const atChunk = place(CHUNK * d, bytesEach);
  const atBlocks = shapes.map(({ rows, columns }) => place(rows * columns));
  const atProducts = shapes.map(({ rows, columns }) => place(rows * columns, bytesEach));
  const { exports: kernel, memory } = loadKernel<Kernel>('scatter', end);
  const doubles = (at: number, count: number) => new Float64Array(memory.buffer, at, count);
  const floats = (at: number, count: number) =>
    precision === 'double' ? doubles(at, count) : new Float32Array(memory.buffer, at, count);
  const [takeRows, add] =
    precision === 'double'
      ? [kernel.takeDouble, kernel.addDouble]
      : [kernel.takeSingle, kernel.addSingle];

  const [stage, subtracted] = [doubles(atStage, STAGE * d), doubles(atShift, d)];
  return {
    columnSums: doubles(atSums, d),
    blocks: shapes.map(({ top, left, rows, columns }, i) => {
      const sums = { data: doubles(atBlocks[i]!, rows * columns), rows, columns };
      return { top, left, sums, product: floats(atProducts[i]!, rows * columns) };
    }),
    chunk: floats(atChunk, CHUNK * d),
    take(data, rows, shift) {
      if (shift) subtracted.set(shift);
      else subtracted.fill(0);
      for (let row = 0; row < rows; row += STAGE) {
        const count = Math.min(STAGE, rows - row);
        stage.set(data.subarray(row * d, (row + count) * d));
        const to = atChunk + row * bytesEach;
        takeRows(count, d, atStage, 8 * d, to, rows * bytesEach, atShift, atSums);
      }
    },
    addProduct: ({ sums, product }) =>
      add(sums.data.byteOffset, product.byteOffset, product.length),
  };
}

/** Tiles below the diagonal, of `tall` rows, and those on it in panels from the diagonal down. */
function blocksOf(d: number, tall: number) {
  const blocks: { top: number; left: number; rows: number; columns: number }[] = [];
  for (let start = 0; start < d; start += TILE) {
    const end = Math.min(start + TILE, d);
    for (let left = start; left < end; left += PANEL) {
      blocks.push({ top: left, left, rows: end - left, columns: Math.min(PANEL, end - left) });
    }
    for (let top = end; top < d; top += tall) {
      blocks.push({ top, left: start, rows: Math.min(tall, d - top), columns: end - start });
    }
  }
  return blocks;
}
