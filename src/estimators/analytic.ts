import { biasConstant, referenceBias, type Tails, tailFactor } from './bias-constants.ts';
import { withInterval } from './estimate.ts';
import type { Estimator, SharedResults, SubsetDistance } from './estimator.ts';
import { requireHalves } from './halves.ts';
import { group, prefix } from './subsets.ts';
import { combinationError } from './variance.ts';

/**
 * FID_N − Ĉ/N with the constant from the sample's own spectrum: Gaussian, or by fourth moments. What
 * is left is of the order 1/N²: both FID's own and that of Ĉ, whose spectrum is too wide.
 */
export function analytic(tails: Tails): Estimator {
  const method = `analytic-${tails}`;
  return {
    method,
    title: `FID less its first-order bias, ${CONSTANT[tails]}`,
    needs: () => (tails === 'fourth' ? { rows: true } : {}),
    estimate(shared) {
      const { rows, whole, variance } = shared;
      const factor = tailFactor(shared, tails);
      const fromReference = referenceBias(shared, tails);
      return withInterval({
        method,
        estimate: debiased(whole, factor) - fromReference,
        se: combinationError(variance, [{ weight: 1, subset: prefix(rows) }]),
        diagnostics: constants(shared, factor, fromReference),
      });
    },
  };
}

/**
 * The second-order form: FID_n − Ĉ_n/n has a bias of the order 1/n², which (4 θ_N − θ_{N/2})/3 with the
 * mean of both halves takes away. To first order the variance does not grow by it.
 */
export function secondOrderAnalytic(tails: Tails): Estimator {
  const method = `analytic-${tails}-2`;
  return {
    method,
    title: `FID less its first- and second-order bias, ${CONSTANT[tails]}`,
    needs: (pool) => requireHalves(method, pool),
    estimate(shared) {
      const { rows, whole, halves, variance } = shared;
      // One factor for all: that of a half would cost a second pass of its own.
      const factor = tailFactor(shared, tails);
      const [a, b] = halves!.map((half) => debiased(half, factor)) as [number, number];
      const first = debiased(whole, factor);
      const fromReference = referenceBias(shared, tails);
      return withInterval({
        method,
        estimate: (4 * first - (a + b) / 2) / 3 - fromReference,
        se: combinationError(variance, [
          { weight: 4 / 3, subset: prefix(rows) },
          { weight: -1 / 6, subset: group(rows, 2, 0) },
          { weight: -1 / 6, subset: group(rows, 2, 1) },
        ]),
        diagnostics: {
          ...constants(shared, factor, fromReference),
          second_order: (first - (a + b) / 2) / 3,
        },
      });
    },
  };
}

const CONSTANT: Readonly<Record<Tails, string>> = {
  gaussian: 'Gaussian constant',
  fourth: 'constant by fourth moments',
};

function debiased(part: SubsetDistance, factor: number): number {
  return part.terms.distance - biasConstant(part, factor) / part.size;
}

function constants(shared: SharedResults, factor: number, fromReference: number) {
  const { whole, fourth } = shared;
  return {
    constant: biasConstant(whole, factor),
    tail_factor: factor,
    constant_se: fourth?.constantError ?? null,
    reference_bias: fromReference,
  };
}
