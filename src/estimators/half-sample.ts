import { referenceBias } from './bias-constants.ts';
import { withInterval } from './estimate.ts';
import type { Estimator, PoolSize } from './estimator.ts';
import { requireHalves } from './halves.ts';
import { group, prefix } from './subsets.ts';
import { combinationError } from './variance.ts';

/**
 * 2 FID_N − FID_{N/2}, with the mean of both halves for the latter: either alone has the same bias
 * and twice the first-order variance.
 */
export const halfSample: Estimator = {
  method: 'half-sample',
  title: 'twice the FID less that of half the samples',
  needs: (pool: PoolSize) => requireHalves('half-sample', pool),
  estimate(shared) {
    const { rows, whole, halves, variance } = shared;
    const [a, b] = halves!.map(({ terms }) => terms.distance) as [number, number];
    const fromReference = referenceBias(shared, 'fourth');
    return withInterval({
      method: this.method,
      estimate: 2 * whole.terms.distance - (a + b) / 2 - fromReference,
      se: combinationError(variance, [
        { weight: 2, subset: prefix(rows) },
        { weight: -1 / 2, subset: group(rows, 2, 0) },
        { weight: -1 / 2, subset: group(rows, 2, 1) },
      ]),
      diagnostics: { halves: [a, b], reference_bias: fromReference },
    });
  },
};
