import { columnMeans } from '../linalg/contrasts.ts';
import type { Gemm, Matrix } from '../linalg/gemm.ts';
import type { FeatureRows } from './features.ts';
import { kernelOfMeans, polynomialKernel } from './polynomial-kernel.ts';

/** Sums of a kernel k over pairs within one sample, without pairs of a row with itself. */
export interface WithinSums {
  readonly count: number;
  /** Σ_j≠i k(x_i, x_j), for each i. */
  readonly rows: Float64Array;
  /** Σ_i≠j k(x_i, x_j)² */
  readonly squares: number;
}

/** Sums of a kernel k over the pairs of two samples. */
export interface BetweenSums {
  /** Σ_j k(x_i, y_j), for each i. */
  readonly rows: Float64Array;
  /** Σ_i k(x_i, y_j), for each j. */
  readonly columns: Float64Array;
  /** Σ_ij k(x_i, y_j)² */
  readonly squares: number;
}

/** All sums that MMD² and its variance need. */
export interface KernelSums {
  readonly x: WithinSums;
  readonly y: WithinSums;
  readonly between: BetweenSums;
}

export interface KernelSumsOptions {
  /** Rows per block: two blocks and one block × block matrix are in memory at a time. */
  readonly block?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the pairs of rows done, and their total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const BLOCK = 2048;

/**
 * Sums of the polynomial kernel of KID, minus a constant, over all pairs of rows within and between two
 * samples, block by block, so that memory does not grow with their number.
 *
 * Everything is float64. A kernel value near 1 is rounded by a few 1e-16, at random, so that the mean
 * of many has an error far below that: a KID of 1e-7 keeps nine digits.
 */
export async function kernelSums(
  x: FeatureRows,
  y: FeatureRows,
  gemm: Gemm,
  { block = BLOCK, signal, onProgress }: KernelSumsOptions = {},
): Promise<KernelSums> {
  const total = (x.rows * (x.rows - 1)) / 2 + (y.rows * (y.rows - 1)) / 2 + x.rows * y.rows;
  let done = 0;
  const largest = Math.min(block, Math.max(x.rows, y.rows));
  const memory = {
    left: new Float64Array(largest * x.dimension),
    right: new Float64Array(largest * x.dimension),
    values: new Float64Array(largest * largest),
  };
  const origin = kernelOfMeans(firstMean(x, memory.left, block), firstMean(y, memory.right, block));

  /** All blocks of pairs (i, j) of two samples; within one sample, those with i ≤ j. */
  async function* blocks(a: FeatureRows, b: FeatureRows, isWithin: boolean) {
    for (let i = 0; i < a.rows; i += block) {
      const left = read(a, i, Math.min(block, a.rows - i), memory.left);
      for (let j = isWithin ? i : 0; j < b.rows; j += block) {
        signal?.throwIfAborted();
        const isDiagonal = isWithin && i === j;
        const right = isDiagonal ? left : read(b, j, Math.min(block, b.rows - j), memory.right);
        const values = await polynomialKernel(left, right, origin, gemm, memory.values);
        yield { i, j, rows: left.rows, columns: right.rows, values, isDiagonal };
        done += isDiagonal ? (left.rows * (left.rows - 1)) / 2 : left.rows * right.rows;
        onProgress?.(done, total);
      }
    }
  }

  async function within(sample: FeatureRows): Promise<WithinSums> {
    const sums = new Float64Array(sample.rows);
    let squares = 0;
    for await (const part of blocks(sample, sample, true)) {
      if (part.isDiagonal) squares += addDiagonal(part, sums);
      // A block off the diagonal also counts for its mirror image.
      else squares += 2 * addBlock(part, sums, sums);
    }
    return { count: sample.rows, rows: sums, squares };
  }

  const sumsOfX = await within(x);
  const sumsOfY = await within(y);
  const rows = new Float64Array(x.rows);
  const columns = new Float64Array(y.rows);
  let squares = 0;
  for await (const part of blocks(x, y, false)) squares += addBlock(part, rows, columns);
  return { x: sumsOfX, y: sumsOfY, between: { rows, columns, squares } };
}

interface Block {
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Adds a block to the sums of its rows and of its columns; returns the sum of its squares. */
function addBlock({ i, j, rows, columns, values }: Block, ofRows: Float64Array, of: Float64Array) {
  let squares = 0;
  for (let row = 0, k = 0; row < rows; row++) {
    let [sum, square] = [0, 0];
    for (let column = 0; column < columns; column++) {
      const value = values[k++]!;
      sum += value;
      square += value * value;
      of[j + column]! += value;
    }
    ofRows[i + row]! += sum;
    squares += square;
  }
  return squares;
}

/** The same for a diagonal block: rows only, because it is symmetric, and no row with itself. */
function addDiagonal({ i, rows, values }: Block, sums: Float64Array): number {
  let squares = 0;
  for (let row = 0, k = 0; row < rows; row++) {
    let [sum, square] = [0, 0];
    for (let column = 0; column < rows; column++) {
      const value = values[k++]!;
      if (column === row) continue;
      sum += value;
      square += value * value;
    }
    sums[i + row]! += sum;
    squares += square;
  }
  return squares;
}

function read(sample: FeatureRows, start: number, rows: number, memory: Float64Array): Matrix {
  const columns = sample.dimension;
  const data = memory.subarray(0, rows * columns);
  sample.readBlock(start, rows, data);
  return { data, rows, columns };
}

function firstMean(sample: FeatureRows, memory: Float64Array, block: number): Float64Array {
  return columnMeans(read(sample, 0, Math.min(block, sample.rows), memory));
}
