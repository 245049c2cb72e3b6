import { type PairConstant, pairConstant } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';

/** A constant from pairs that share their images, or a mean of such. */
export interface Family {
  readonly value: number;
  readonly se: number;
  /** Δ(1/N²)/Δ(1/N) at which it was measured. */
  readonly secondOrder: number;
}

/** The pairs that estimate a data set's constant. */
export function usablePairs(dataset: string, pairs: readonly PublishedPair[]): PublishedPair[] {
  return pairs.filter((pair) => pair.dataset === dataset && pair.use === 'constant');
}

/** One constant a family. */
export function familiesOf(constants: readonly PairConstant[]): Family[] {
  const names = [...new Set(constants.map(({ pair }) => pair.family))];
  return names.map((name) => {
    const members = constants.filter(({ pair }) => pair.family === name);
    // Members share their images: two of them are no surer than one.
    const squares = members.reduce((total, { se }) => total + se ** 2, 0);
    return { ...weightedMean(members), se: Math.sqrt(squares / members.length) };
  });
}

/** Mean weighted by 1/se². */
export function weightedMean(of: readonly Family[]): Family {
  let [weights, value, secondOrder] = [0, 0, 0];
  for (const one of of) {
    const weight = 1 / one.se ** 2;
    weights += weight;
    value += weight * one.value;
    secondOrder += weight * one.secondOrder;
  }
  return {
    value: value / weights,
    se: 1 / Math.sqrt(weights),
    secondOrder: secondOrder / weights,
  };
}

/**
 * How constants differ between models, as a share of them: the standard deviation of families around
 * the mean of their data set, weighted by 1/se² and pooled over data sets. Errors of sampling are in
 * it, so that it is rather too large.
 *
 * @returns null where no data set has two families
 */
export function spreadBetweenModels(
  pairs: readonly PublishedPair[],
): { readonly spread: number; readonly degrees: number } | null {
  let [squares, degrees] = [0, 0];
  for (const dataset of new Set(pairs.map((pair) => pair.dataset))) {
    const families = familiesOf(usablePairs(dataset, pairs).map(pairConstant));
    const n = families.length;
    if (n < 2) continue;
    const mean = weightedMean(families).value;
    let [sum, weights] = [0, 0];
    for (const { value, se } of families) {
      sum += ((value / mean - 1) / se) ** 2;
      weights += 1 / se ** 2;
    }
    // A weighted variance with divisor n − 1, times its n − 1 degrees of freedom.
    squares += (n * sum) / weights;
    degrees += n - 1;
  }
  return degrees === 0 ? null : { spread: Math.sqrt(squares / degrees), degrees };
}

/**
 * |D/C| in images, from the pairs at N of 1,000 to 2,000: their constants exceed that of their data
 * set by D/C · Δ(1/N²)/Δ(1/N). Root mean square: at larger N not even the sign of D is known.
 */
export function secondOrderScale(pairs: readonly PublishedPair[]): number {
  const squares = pairs.flatMap((pair) => {
    const used = usablePairs(pair.dataset, pairs);
    if (pair.use !== 'small-n' || used.length === 0) return [];
    const usual = weightedMean(familiesOf(used.map(pairConstant)));
    const { value, secondOrder } = pairConstant(pair);
    return [((value / usual.value - 1) / (secondOrder - usual.secondOrder)) ** 2];
  });
  if (squares.length === 0) return 0;
  return Math.sqrt(squares.reduce((total, square) => total + square, 0) / squares.length);
}
