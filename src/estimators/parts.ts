import { StudyError } from '../errors.ts';
import type { PoolSize, SharedResults, SubsetDistance } from '../theory/shared-results.ts';
import { group, prefix } from '../theory/subsets.ts';
import type { Combination } from '../theory/variance.ts';
import type { Needs } from './estimator.ts';

/**
 * A sum over the pool (`weights[0]`), the mean of its halves, the mean of its quarters, and so on.
 * Equal parts together hold every row once: to first order their mean varies as the whole does.
 */
export type PartWeights = readonly number[];

/** @throws StudyError for a pool whose parts have no covariance */
export function requireParts(method: string, weights: PartWeights, { rows }: PoolSize): Needs {
  const parts = weights.slice(1).map((_, k) => 2 ** (k + 1));
  const most = parts.at(-1) ?? 1;
  if (rows < 2 * most) {
    throw new StudyError(
      `${method}: a pool of ${rows} in ${most} parts`,
      `give ${2 * most} samples or more`,
    );
  }
  return { parts };
}

/** The sum itself, of any number that a part has. */
export function sumOverParts(
  weights: PartWeights,
  { whole, parts }: SharedResults,
  value: (part: SubsetDistance) => number,
): number {
  return weights.reduce((total, weight, k) => {
    const some = k === 0 ? [whole] : parts.get(2 ** k)!;
    return total + (weight * some.reduce((sum, part) => sum + value(part), 0)) / some.length;
  }, 0);
}

/** The same as a combination of FIDs, for its variance. */
export function partCombination(weights: PartWeights, rows: number): Combination {
  return weights.flatMap((weight, k) =>
    k === 0
      ? [{ weight, subset: prefix(rows) }]
      : Array.from({ length: 2 ** k }, (_, i) => ({
          weight: weight / 2 ** k,
          subset: group(rows, 2 ** k, i),
        })),
  );
}
