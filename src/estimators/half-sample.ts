import { referenceBias, referenceError } from '../theory/bias-constants.ts';
import type { PoolSize, SharedResults } from '../theory/shared-results.ts';
import { combinationError } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { partCombination, requireParts, sumOverParts } from './parts.ts';

const method = 'half-sample';
const weights = [2, -1] as const;
/** The same to second order: without the terms in 1/N and in 1/N². */
const second = [8 / 3, -2, 1 / 3] as const;

/**
 * 2 FID_N − FID_{N/2}, with the mean of both halves for the latter: either alone has the same bias
 * and twice the first-order variance. By how much quarters of the pool would change it is part of the
 * standard error: of D/N² it leaves −2 D/N², which with few images a dimension is more than chance.
 */
export const halfSample: Estimator = {
  method,
  title: 'twice the FID less that of half the samples',
  needs: (pool) => requireParts(method, hasQuarters(pool) ? second : weights, pool),
  estimate(shared) {
    const fromReference = referenceBias(shared, 'fourth');
    const ofReference = referenceError(shared, 'fourth');
    const sum = distances(weights, shared);
    const sampling = combinationError(shared.variance, partCombination(weights, shared.rows));
    const truncation = hasQuarters(shared) ? Math.abs(distances(second, shared) - sum) : 0;
    return withInterval({
      method,
      estimate: sum - fromReference,
      errors: { sampling, truncation, reference: ofReference },
      referenceBias: fromReference,
      diagnostics: { halves: shared.parts.get(2)!.map(({ terms }) => terms.distance) },
    });
  },
};

/** Whether a quarter has a covariance. */
function hasQuarters({ rows }: PoolSize): boolean {
  return rows >= 8;
}

function distances(of: readonly number[], shared: SharedResults): number {
  return sumOverParts(of, shared, ({ terms }) => terms.distance);
}
