import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import type { FeatureRows } from '../metrics/features.ts';
import { featureGeometry, referenceOfStatistics } from '../metrics/reference.ts';
import type { SubsetDistance } from '../theory/shared-results.ts';
import type { Needs } from './estimator.ts';
import { nestedDistances, planOf } from './nested-distances.ts';

/**
 * FIDs without each group of the reference's rows. FID is symmetric: the generated set is what the
 * groups are compared with.
 */
export async function withoutReferenceGroups(
  features: FeatureRows,
  needs: readonly Needs[],
  mean: Float64Array,
  { covariance }: SampleMoments,
  algebra: LinearAlgebra,
): Promise<ReadonlyMap<number, readonly SubsetDistance[]>> {
  const wanted = needs.flatMap(({ referenceGroups }) => referenceGroups ?? []);
  const groups = wanted.filter((count) => features.rows >= 3 * count);
  if (groups.length === 0) return new Map();
  const generated = await referenceOfStatistics({ mean, covariance: covariance.data }, algebra);
  const plan = planOf(
    groups.map((count) => ({ groups: count })),
    features.rows,
  );
  const geometry = featureGeometry(generated);
  const { leftOut } = await nestedDistances(features, mean, geometry, plan, [], algebra);
  return leftOut;
}
