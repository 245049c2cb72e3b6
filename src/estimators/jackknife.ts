import { StudyError } from '../errors.ts';
import { referenceBias, referenceError } from '../theory/bias-constants.ts';
import { prefix, withoutGroup } from '../theory/subsets.ts';
import { combinationError } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { requireParts, sumOverParts } from './parts.ts';

const method = 'jackknife';
/** Of the half-sample estimate, whose second order tells that of the jackknife. */
const HALVES = [2, -1] as const;

/**
 * Delete-group jackknife: G FID_N − (G − 1) mean FID without a group, which removes the 1/N term. Of
 * D/N² it leaves −G/(G − 1) times as much, and 2 FID_N − FID_{N/2} leaves −2: what they differ by tells
 * how much that is, and its size is part of the standard error. With few images a dimension it, and
 * not chance, is most of the error.
 *
 * @param groups G
 */
export function jackknife(groups = 10): Estimator {
  return {
    method,
    title: `delete-group jackknife, ${groups} groups`,
    needs(pool) {
      if (pool.rows < 3 * groups) {
        throw new StudyError(
          `${method}: a pool of ${pool.rows} in ${groups} groups`,
          `give ${3 * groups} samples or more`,
        );
      }
      return { groups, ...requireParts(method, HALVES, pool) };
    },
    estimate(shared) {
      const { rows, whole, variance, leftOut } = shared;
      const without = leftOut.get(groups)!.map(({ terms }) => terms.distance);
      const average = without.reduce((total, value) => total + value, 0) / groups;
      const fromReference = referenceBias(shared, 'fourth');
      const ofReference = referenceError(shared, 'fourth');
      const weight = -(groups - 1) / groups;
      const leftOutOnes = (each: number) =>
        without.map((_, index) => ({
          weight: each,
          subset: withoutGroup(rows, groups, index),
        }));
      const combination = [{ weight: groups, subset: prefix(rows) }, ...leftOutOnes(weight)];
      // C/N, which is what the FID of all rows is above the estimate.
      const bias = [{ weight: 1 - groups, subset: prefix(rows) }, ...leftOutOnes(-weight)];
      const estimate = groups * whole.terms.distance - (groups - 1) * average;
      const halfSample = sumOverParts(HALVES, shared, ({ terms }) => terms.distance);
      const left = groups / (groups - 1);
      const truncation = Math.abs((left / (2 - left)) * (estimate - halfSample));
      const sampling = combinationError(variance, combination);
      return withInterval({
        method,
        estimate: estimate - fromReference,
        errors: { sampling, truncation, reference: ofReference },
        constant: {
          value: rows * (whole.terms.distance - estimate),
          chance: rows * combinationError(variance, bias),
          rest: rows * truncation,
        },
        referenceBias: fromReference,
        diagnostics: { groups, without },
      });
    },
  };
}
