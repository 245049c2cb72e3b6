import { eigenbasis } from '../estimators/eigenbasis.ts';
import { pairwise } from '../estimators/second-order-kernel.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Gemm, Matrix } from '../linalg/gemm.ts';
import type { Reference } from '../metrics/reference.ts';
import { type FeatureRows, momentsOfFeatures, subtractRow } from '../sources/features.ts';

/** Rows read at a time; pairs are taken from the first block. */
const BLOCK = 2048;

/** What each row of a set adds to its FID, by the set's own moments. */
export interface RowInfluences {
  /** ψ(x) of each row, its effect on itself aside [N]. */
  readonly influence: Float64Array;
  /** h(x, x) of each row [N]. */
  readonly diagonal: Float64Array;
  /** h(x, y) of pairs of rows: each with the next, each with the next but one, and so on. */
  readonly pairs: Float64Array;
}

/**
 * The influences and the second-order kernel behind `VarianceModel`, row by row instead of as moments:
 * of sets whose rows correspond, they tell how the FIDs covary. The formulas are those of
 * `fourthMoments`, in the same eigenbasis.
 *
 * @param features in random order; for sets whose rows correspond, the same one
 */
export async function rowInfluences(
  features: FeatureRows,
  reference: Reference,
  algebra: LinearAlgebra,
): Promise<RowInfluences> {
  const { rows, dimension } = features;
  const { gemm } = algebra;
  const { count, mean: centre, covariance } = await momentsOfFeatures(features, algebra);
  const mean = centre.map((value, i) => value - reference.mean[i]!);
  const { roots, whitening } = await eigenbasis(reference, { count, mean, covariance }, algebra);
  const rank = roots.length;
  const kernel = { data: pairwise(roots), rows: rank, columns: rank };
  const influence = new Float64Array(rows);
  const diagonal = new Float64Array(rows);
  let pairs = new Float64Array();
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  for (let start = 0; start < rows; start += BLOCK) {
    const size = Math.min(BLOCK, rows - start);
    features.readBlock(start, size, block);
    subtractRow(block, centre, size);
    const x = { data: block.subarray(0, size * dimension), rows: size, columns: dimension };
    const z = await gemm.multiply(x, whitening);
    if (start === 0) pairs = await kernelOfPairs(x, z, roots, kernel, gemm);
    const squares = { ...z, data: z.data.map((value) => value * value) };
    const { data: product } = await gemm.multiply(squares, kernel);
    for (let i = 0; i < size; i++) {
      let [length, along, weighted, form] = [0, 0, 0, 0];
      for (let j = 0, k = i * dimension; j < dimension; j++, k++) {
        length += block[k]! ** 2;
        along += block[k]! * mean[j]!;
      }
      for (let j = 0, k = i * rank; j < rank; j++, k++) {
        weighted += roots[j]! * squares.data[k]!;
        form += squares.data[k]! * product[k]!;
      }
      const own = length + 0.5 * (form - weighted);
      diagonal[start + i] = own;
      influence[start + i] = 2 * along + length - weighted - (2 / rows) * own;
    }
  }
  return { influence, diagonal, pairs };
}

/** Pairs that are looked at: the error of a mean square over them is about √(2/pairs). */
const PAIRS = 2048;

/** h(x, y) of pairs of rows, by lag, until there are 2,048 or no more. */
async function kernelOfPairs(
  x: Matrix,
  z: Matrix,
  roots: Float64Array,
  kernel: Matrix,
  gemm: Gemm,
): Promise<Float64Array<ArrayBuffer>> {
  const out = new Float64Array(Math.min(PAIRS, (x.rows * (x.rows - 1)) / 2));
  for (let lag = 1, done = 0; done < out.length; lag++) {
    const count = Math.min(x.rows - lag, out.length - done);
    const u = new Float64Array(count * z.columns);
    for (let k = 0, b = lag * z.columns; k < u.length; k++, b++) u[k] = z.data[k]! * z.data[b]!;
    const product = { data: u, rows: count, columns: z.columns };
    const { data: mapped } = await gemm.multiply(product, kernel);
    for (let i = 0; i < count; i++, done++) {
      let h = 0;
      for (let j = 0, a = i * x.columns, b = a + lag * x.columns; j < x.columns; j++, a++, b++) {
        h += x.data[a]! * x.data[b]!;
      }
      for (let j = 0, k = i * z.columns, b = k + lag * z.columns; j < z.columns; j++, k++, b++) {
        // G_jj = s_j / 2
        const ends = 0.5 * roots[j]! * (z.data[k]! ** 2 + z.data[b]! ** 2 - 1);
        h += 0.5 * (u[k]! * mapped[k]! - ends);
      }
      out[done] = h;
    }
  }
  return out;
}
