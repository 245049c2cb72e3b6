import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Matrix } from '../linalg/gemm.ts';
import type { SideBasis } from './eigenbasis.ts';
import { kernelOfPairs, PAIRS, pairwise } from './second-order-kernel.ts';

/**
 * h(x, y) of pairs of rows, (0, 1), (2, 3) and so on. If x and y are independent images of one class,
 * their mean is what fixed shares of the classes take from the bias constant: C of independent labels
 * less C of balanced ones (docs/theory.md, section 3.1).
 *
 * @param x centred rows [2 n, d], the two of a pair next to each other
 */
export async function kernelOfRowPairs(
  x: Matrix,
  { roots, whitening }: SideBasis,
  { gemm }: Pick<LinearAlgebra, 'gemm'>,
): Promise<Float64Array> {
  const out = new Float64Array(x.rows >> 1);
  const kernel = { data: pairwise(roots), rows: roots.length, columns: roots.length };
  // Of neighbouring rows every second pair is one of ours.
  const step = PAIRS & ~1;
  for (let start = 0; start + 1 < x.rows; start += step) {
    const rows = Math.min(step, x.rows - start);
    const data = x.data.subarray(start * x.columns, (start + rows) * x.columns);
    const block = { data, rows, columns: x.columns };
    const z = await gemm.multiply(block, whitening);
    const found = await kernelOfPairs(block, z, roots, kernel, gemm);
    for (let i = 0; i + 1 < rows; i += 2) out[(start + i) >> 1] = found[i]!;
  }
  return out;
}
