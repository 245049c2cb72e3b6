import { referenceBias } from './bias-constants.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { partCombination, requireParts, sumOverParts } from './parts.ts';
import { combinationError } from './variance.ts';

const method = 'half-sample';
const weights = [2, -1] as const;

/**
 * 2 FID_N − FID_{N/2}, with the mean of both halves for the latter: either alone has the same bias
 * and twice the first-order variance.
 */
export const halfSample: Estimator = {
  method,
  title: 'twice the FID less that of half the samples',
  needs: (pool) => requireParts(method, weights, pool),
  estimate(shared) {
    const fromReference = referenceBias(shared, 'fourth');
    const sum = sumOverParts(weights, shared, ({ terms }) => terms.distance);
    return withInterval({
      method,
      estimate: sum - fromReference,
      se: combinationError(shared.variance, partCombination(weights, shared.rows)),
      diagnostics: {
        halves: shared.parts.get(2)!.map(({ terms }) => terms.distance),
        reference_bias: fromReference,
      },
    });
  },
};
