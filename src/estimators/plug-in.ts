import { biasConstant, referenceBias, tailFactor } from '../theory/bias-constants.ts';
import { combinationError, oneDistance } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';

/** FID_N itself, taken for FID_∞: what every tool prints. Its interval ignores its bias. */
export const plugIn: Estimator = {
  method: 'plug-in',
  title: 'FID of all samples',
  needs: () => ({}),
  estimate(shared) {
    const { rows, whole, variance } = shared;
    const constant = biasConstant(whole, tailFactor(shared, 'fourth'));
    const bias = constant / rows + referenceBias(shared, 'fourth');
    return withInterval({
      method: this.method,
      estimate: whole.terms.distance,
      errors: { sampling: combinationError(variance, oneDistance(rows)) },
      diagnostics: { constant, bias },
      notes: ['the interval is one of FID at this N: a plug-in does not estimate FID at infinity'],
    });
  },
};
