import { StudyError } from '../errors.ts';
import { referenceBias } from './bias-constants.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { prefix, withoutGroup } from './subsets.ts';
import { combinationError } from './variance.ts';

/**
 * Delete-group jackknife: G FID_N − (G − 1) mean FID without a group, which removes the 1/N term.
 *
 * @param groups G
 */
export function jackknife(groups = 10): Estimator {
  const method = 'jackknife';
  return {
    method,
    title: `delete-group jackknife, ${groups} groups`,
    needs({ rows }) {
      if (rows < 3 * groups) {
        throw new StudyError(
          `${method}: a pool of ${rows} in ${groups} groups`,
          `give ${3 * groups} samples or more`,
        );
      }
      return { groups };
    },
    estimate(shared) {
      const { rows, whole, variance, leftOut } = shared;
      const without = leftOut.get(groups)!.map(({ terms }) => terms.distance);
      const average = without.reduce((total, value) => total + value, 0) / groups;
      const fromReference = referenceBias(shared, 'fourth');
      const weight = -(groups - 1) / groups;
      const combination = [
        { weight: groups, subset: prefix(rows) },
        ...without.map((_, index) => ({ weight, subset: withoutGroup(rows, groups, index) })),
      ];
      return withInterval({
        method,
        estimate: groups * whole.terms.distance - (groups - 1) * average - fromReference,
        se: combinationError(variance, combination),
        diagnostics: { groups, without, reference_bias: fromReference },
      });
    },
  };
}
