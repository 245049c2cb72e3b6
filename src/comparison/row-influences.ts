import { eigenbasis } from '../estimators/eigenbasis.ts';
import { forRowTerms } from '../estimators/row-terms.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Reference } from '../metrics/reference.ts';
import { type FeatureRows, momentsOfFeatures } from '../sources/features.ts';

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
 * of sets whose rows correspond, they tell how the FIDs covary.
 *
 * @param features in random order; for sets whose rows correspond, the same one
 */
export async function rowInfluences(
  features: FeatureRows,
  reference: Reference,
  algebra: LinearAlgebra,
): Promise<RowInfluences> {
  const { rows } = features;
  const { count, mean: centre, covariance } = await momentsOfFeatures(features, algebra);
  const mean = centre.map((value, i) => value - reference.mean[i]!);
  const basis = await eigenbasis(reference, { count, mean, covariance }, algebra);
  const influence = new Float64Array(rows);
  const diagonal = new Float64Array(rows);
  const pairs = await forRowTerms(features, centre, mean, basis, algebra.gemm, (row, terms) => {
    influence[row] = terms.influence;
    diagonal[row] = terms.diagonal;
  });
  return { influence, diagonal, pairs };
}
