import { exp, log } from '../../kernels/elementary.ts';
import { effectWeights, type PooledSpread, pooledSpread } from '../../theory/random-effects.ts';
import { type PairConstant, pairConstant } from './pair-constant.ts';
import { type PublishedPair, sharesOf } from './pairs.ts';

/** A constant from pairs that share their images, or a mean of such. */
export interface Family {
  readonly value: number;
  readonly se: number;
  /** Δ(1/N²)/Δ(1/N) at which it was measured. */
  readonly secondOrder: number;
}

/** The pairs that estimate a data set's constant of a network, whatever their labels. */
export function usablePairs(
  { dataset, network }: Pick<PublishedPair, 'dataset' | 'network'>,
  pairs: readonly PublishedPair[],
): PublishedPair[] {
  return pairs.filter(
    (pair) => pair.dataset === dataset && pair.network === network && pair.use === 'constant',
  );
}

/** One constant a family. */
export function familiesOf(constants: readonly PairConstant[]): Family[] {
  const names = [...new Set(constants.map(({ pair }) => pair.family))];
  return names.map((name) => {
    const members = constants.filter(({ pair }) => pair.family === name);
    // Members share their images: two of them are no surer than one.
    const squares = members.reduce((total, { se }) => total + se ** 2, 0);
    return { ...meanOf(members, 0), se: Math.sqrt(squares / members.length) };
  });
}

/**
 * The mean of the logarithms, weighted by the errors of the families and the spread between them.
 *
 * @param spread τ, as a share
 */
export function meanOf(families: readonly Family[], spread: number): Family {
  const weights = effectWeights(families, spread);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (family: Family) => number) =>
    families.reduce((sum, family, i) => sum + weights[i]! * of(family), 0) / total;
  const value = exp(mean((family) => log(family.value)));
  return {
    value,
    se: value / Math.sqrt(total),
    secondOrder: mean(({ secondOrder }) => secondOrder),
  };
}

/**
 * The least spread between models. Settings of one model alone move its constant by 1.8 % (DiT's steps
 * and caches, four pairs) to 4.7 % (steps of CelebA's U-Net), so that an estimate of 0 says no more than
 * that there are few sources.
 */
const LEAST_SPREAD = 0.03;

/**
 * How constants differ between models, as a share of them: one spread for all data sets, networks and
 * protocols of labels.
 *
 * @returns null if no group has two families
 */
export function spreadBetweenModels(pairs: readonly PublishedPair[]): PooledSpread | null {
  const groups = new Map<string, PairConstant[]>();
  for (const pair of pairs) {
    if (pair.use !== 'constant') continue;
    const name = [pair.dataset, pair.network, sharesOf(pair.label_protocol)].join();
    groups.set(name, [...(groups.get(name) ?? []), pairConstant(pair)]);
  }
  const found = pooledSpread([...groups.values()].map(familiesOf));
  return found && { ...found, spread: Math.max(LEAST_SPREAD, found.spread) };
}

/**
 * |D/C| in images, from the pairs at N of 1,000 to 2,000: their constants exceed that of their data
 * set by D/C · Δ(1/N²)/Δ(1/N). Root mean square: at larger N not even the sign of D is known.
 */
export function secondOrderScale(pairs: readonly PublishedPair[]): number {
  const spread = spreadBetweenModels(pairs)?.spread ?? 0;
  const squares = pairs.flatMap((pair) => {
    const used = usablePairs(pair, pairs).filter(
      (other) => sharesOf(other.label_protocol) === sharesOf(pair.label_protocol),
    );
    if (pair.use !== 'small-n' || used.length === 0) return [];
    const usual = meanOf(familiesOf(used.map(pairConstant)), spread);
    const { value, secondOrder } = pairConstant(pair);
    return [((value / usual.value - 1) / (secondOrder - usual.secondOrder)) ** 2];
  });
  if (squares.length === 0) return 0;
  return Math.sqrt(squares.reduce((total, square) => total + square, 0) / squares.length);
}
