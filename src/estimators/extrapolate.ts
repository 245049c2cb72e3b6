import { StudyError } from '../errors.ts';
import { referenceBias, referenceError } from '../theory/bias-constants.ts';
import type { SharedResults } from '../theory/shared-results.ts';
import { prefix } from '../theory/subsets.ts';
import { combinationError } from '../theory/variance.ts';
import { type Estimate, withInterval } from './estimate.ts';
import { extrapolationWeights } from './extrapolation-weights.ts';

/** An extrapolation in 1/n from nested sizes. */
export interface Extrapolation {
  readonly method: string;
  readonly sizes: readonly number[];
  /** Degree of the polynomial in 1/n. */
  readonly order: number;
  readonly precision: (size: number, largest: number) => number;
}

/**
 * The intercept of a polynomial in 1/n, less the bias of a finite reference, which does not change
 * with n. Its error is that of the weighted sum: nested draws share rows, and with them errors.
 */
export function extrapolate(
  shared: SharedResults,
  { method, sizes, order, precision }: Extrapolation,
): Estimate {
  const weights = extrapolationWeights(sizes, order, precision);
  const values = sizes.map((size) => shared.prefixes.get(size)!.terms.distance);
  const intercept = values.reduce((total, value, i) => total + value * weights[i]!, 0);
  const fromReference = referenceBias(shared, 'fourth');
  const ofReference = referenceError(shared, 'fourth');
  const sampling = combinationError(
    shared.variance,
    sizes.map((size, i) => ({ weight: weights[i]!, subset: prefix(size) })),
  );
  return withInterval({
    method,
    estimate: intercept - fromReference,
    errors: { sampling, reference: ofReference },
    referenceBias: fromReference,
    diagnostics: { sizes, values, weights: [...weights], order },
  });
}

/** From this many samples on, if the pool allows: where Chong & Forsyth's grid starts. */
export const SMALLEST = 5000;

/**
 * The smallest size of an extrapolation: 5,000, or half of a pool of less than twice that.
 *
 * @throws StudyError for a pool without room for the sizes
 */
export function smallestSize(method: string, rows: number, count: number, from: number): number {
  const smallest = Math.min(from, Math.floor(rows / 2));
  if (smallest < 2 || rows - smallest < count) {
    throw new StudyError(
      `${method}: a pool of ${rows} has no room for ${count} nested sizes`,
      'give more samples, or use another estimator',
    );
  }
  return smallest;
}
