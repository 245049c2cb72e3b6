import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { Matrix } from '../linalg/gemm.ts';
import type { Stream } from '../random/stream.ts';
import { drawWithoutReplacement } from '../random/subsample.ts';
import { requirePair } from './kid.ts';
import { polynomialKernel } from './polynomial-kernel.ts';

/** Rows [rows, dimension], readable in any order. */
export interface RandomRows {
  readonly rows: number;
  readonly dimension: number;
  /** Reads row `indices[i]` into row i of `out`. */
  readRows(indices: Uint32Array, out: Float64Array): void;
}

/** KID as torch-fidelity and clean-fid print it. */
export interface KidSubsets {
  /** Mean over subsets; unbiased, like the KID of each subset. */
  readonly mean: number;
  /**
   * SD over subsets, with the number of subsets as divisor: the spread of one subset's KID, not of the
   * mean. Null if every subset is both whole sets.
   */
  readonly sd: number | null;
  readonly subsets: number;
  readonly size: number;
}

export interface KidSubsetsOptions {
  readonly algebra?: LinearAlgebra | undefined;
  /** 100, as in the tools. */
  readonly subsets?: number | undefined;
  /** 1000, as in the tools; at most the rows of the smaller side. */
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** More would take hours without another digit of the mean. */
const mostSubsets = 100_000;

/**
 * KID as in torch-fidelity and clean-fid: mean and SD of the unbiased MMD² over random subsets of both
 * sides, drawn without replacement and independently. The tools draw with NumPy's generator, so numbers
 * agree within their scatter, not digit by digit.
 *
 * @param stream decides the subsets
 * @throws StudyError below two rows per side or if the dimensions differ
 */
export async function kidSubsets(
  reference: RandomRows,
  generated: RandomRows,
  stream: Stream,
  {
    algebra = sharedAlgebra(),
    subsets = 100,
    size = 1000,
    signal,
    onProgress,
  }: KidSubsetsOptions = {},
): Promise<KidSubsets> {
  requirePair(reference, generated, 2);
  if (subsets > mostSubsets) {
    throw new StudyError(`${subsets} subsets`, `give at most ${mostSubsets}: --subsets`);
  }
  const count = Math.min(size, reference.rows, generated.rows);
  const d = reference.dimension;
  const [x, y] = [matrix(count, d), matrix(count, d)];
  const out = new Float64Array(count * count);
  // All three means lack the same constant, which cancels.
  const mean = async (a: Matrix, b: Matrix) => {
    const values = await polynomialKernel(a, b, 1, algebra.gemm, out);
    return a === b ? meanOffDiagonal(values, count) : meanOf(values);
  };
  const values = new Float64Array(subsets);
  for (let i = 0; i < subsets; i++) {
    signal?.throwIfAborted();
    reference.readRows(drawWithoutReplacement(reference.rows, count, stream), x.data);
    generated.readRows(drawWithoutReplacement(generated.rows, count, stream), y.data);
    values[i] = (await mean(x, x)) + (await mean(y, y)) - 2 * (await mean(x, y));
    onProgress?.(i + 1, subsets);
  }
  const centre = meanOf(values);
  const isWhole = count === reference.rows && count === generated.rows;
  const sd = isWhole ? null : Math.sqrt(meanOf(values.map((value) => (value - centre) ** 2)));
  return { mean: centre, sd, subsets, size: count };
}

function matrix(rows: number, columns: number): Matrix {
  return { data: new Float64Array(rows * columns), rows, columns };
}

function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function meanOffDiagonal(values: Float64Array, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) if (j !== i) row += values[i * n + j]!;
    total += row;
  }
  return total / (n * (n - 1));
}
