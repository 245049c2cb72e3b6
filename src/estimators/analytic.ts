import {
  biasConstant,
  GAUSSIAN_NOTE,
  referenceBias,
  referenceError,
  type Tails,
  tailConstantError,
  tailError,
  tailFactor,
} from '../theory/bias-constants.ts';
import type { SharedResults } from '../theory/shared-results.ts';
import { combinationError, withoutDiagonal } from '../theory/variance.ts';
import { withInterval } from './estimate.ts';
import type { Estimator } from './estimator.ts';
import { type PartWeights, partCombination, requireParts, sumOverParts } from './parts.ts';

/**
 * FID_n − Ĉ_n/n has a bias of the orders 1/n², 1/n³, …: both FID's own, and that of Ĉ, whose spectrum
 * is too wide. Weights for the whole, the mean of the halves and the mean of the quarters that sum to
 * one and take these orders away one after the other: Σ w_k 2^(jk) = 0 for j = 2 … order.
 */
const WEIGHTS: Readonly<Record<Order, PartWeights>> = {
  1: [1],
  2: [4 / 3, -1 / 3],
  3: [32 / 21, -12 / 21, 1 / 21],
};

/** Of the highest power of 1/N that is taken away. */
export type Order = 1 | 2 | 3;

/**
 * FID less its bias by the delta method, with the constant from the sample's own spectrum: Gaussian, or
 * by fourth moments. Higher orders come from halves and quarters of the pool: the same rows, so that
 * to first order the variance does not grow.
 */
export function analytic(tails: Tails, order: Order = 1): Estimator {
  const method = order === 1 ? `analytic-${tails}` : `analytic-${tails}-${order}`;
  const weights = WEIGHTS[order];
  return {
    method,
    title: `FID less its bias to order ${order}, ${CONSTANT[tails]}`,
    needs: (pool) => ({
      ...(order > 1 && requireParts(method, weights, pool)),
      ...(tails === 'fourth' && { rows: true }),
    }),
    estimate(shared) {
      const { rows, variance } = shared;
      const fromReference = referenceBias(shared, tails);
      const value = debiased(weights, shared, tails);
      const sampling = combinationError(
        tails === 'fourth' ? withoutDiagonal(variance) : variance,
        partCombination(weights, rows),
      );
      const truncation = truncationError(order, shared, tails);
      const ofTails = tailError(
        shared,
        tails,
        weights.reduce((sum, w, k) => sum + w * 2 ** k, 0),
      );
      const ofReference = referenceError(shared, tails);
      return withInterval({
        method,
        estimate: value - fromReference,
        errors: { sampling, truncation, tails: ofTails, reference: ofReference },
        constant: {
          value: biasConstant(shared.whole, tailFactor(shared, tails)),
          chance: shared.ofGenerated && Math.sqrt(shared.ofGenerated.diagonal / rows),
          rest: tailConstantError(shared, tails),
        },
        referenceBias: fromReference,
        diagnostics: {
          tail_factor: tailFactor(shared, tails),
          higher_orders: value - debiased([1], shared, tails),
        },
        notes: tails === 'gaussian' ? [GAUSSIAN_NOTE] : [],
      });
    },
  };
}

/**
 * What the orders left out may amount to: as much less than the last one taken away as that is less
 * than the one before it. With few samples a dimension this, and not chance, is most of the error.
 * 0 at first order, of which nothing says how good it is.
 */
function truncationError(order: Order, shared: SharedResults, tails: Tails): number {
  if (order === 1) return 0;
  const below = (order - 1) as Order;
  const at = (each: Order) => debiased(WEIGHTS[each], shared, tails);
  const last = Math.abs(at(order) - at(below));
  const first = biasConstant(shared.whole, tailFactor(shared, tails)) / shared.rows;
  const before = below === 1 ? Math.abs(first) : Math.abs(at(below) - at((below - 1) as Order));
  return before > 0 ? last * Math.min(1, last / before) : last;
}

const CONSTANT: Readonly<Record<Tails, string>> = {
  gaussian: 'Gaussian constant',
  fourth: 'constant by fourth moments',
};

function debiased(weights: PartWeights, shared: SharedResults, tails: Tails): number {
  // One factor for all: that of a part would cost another pass.
  const factor = tailFactor(shared, tails);
  return sumOverParts(
    weights,
    shared,
    (part) => part.terms.distance - biasConstant(part, factor) / part.size,
  );
}
