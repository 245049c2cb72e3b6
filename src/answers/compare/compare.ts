import { StudyError } from '../../errors.ts';
import type { Reference } from '../../metrics/reference.ts';
import { thousands } from '../../tables/number.ts';
import { shiftedEnds } from '../../theory/interval-shift.ts';
import { normalTail, Z95 } from '../../theory/normal.ts';
import {
  type DifferenceVariance,
  differenceModel,
  independentDifference,
  pairedDifference,
} from './difference.ts';
import {
  atSize,
  type ComparedSet,
  type SetDistances,
  type SetOptions,
  setDistances,
  type Value,
} from './set-distances.ts';

/** The ranking value: FID at this many images of each set, or FID at infinity. */
export type Basis = { readonly size: number } | 'infinity';

/** A set in the ranking. */
export interface RankedSet {
  readonly set: SetDistances;
  readonly rank: number;
  readonly value: number;
  readonly se: number;
}

/** The difference of two sets in their ranking value, and at smaller N. */
export interface RankedPair {
  readonly better: string;
  readonly worse: string;
  /**
   * Worse minus better, ≥ 0, with its 95 % interval: over generated images, and at infinity over the
   * reference's too, where its features are at hand.
   */
  readonly difference: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
  /** Standard error over references of as many images; null where its features are not at hand. */
  readonly referenceSe: number | null;
  /** Correlation of the errors of two sets whose rows correspond; null for independent sets. */
  readonly correlation: number | null;
  readonly reversals: readonly Reversal[];
}

/** The probability that N images of each set reverse the ranking of two sets. */
export interface Reversal {
  readonly size: number;
  /** Mean difference of draws of this size; below 0 if they reverse the ranking. */
  readonly difference: number;
  readonly probability: number;
}

export interface Comparison {
  readonly basis: Basis;
  /** The best first. */
  readonly ranking: readonly RankedSet[];
  /** All pairs, those next to each other in the ranking first. */
  readonly pairs: readonly RankedPair[];
}

export interface ComparisonOptions extends SetOptions {
  readonly basis: Basis;
  /** Rows of the sets correspond one by one, for example made from the same latents. */
  readonly paired?: boolean;
}

/**
 * Ranks generated sets by FID against one reference: plug-in FIDs at one N (from draws if a set is
 * larger), or estimates of FID_∞.
 *
 * Errors at one N cover the generated images only, because all sets share the reference. A difference at
 * infinity is one of populations, and its error covers the reference's images too. Variances of
 * independent sets add up; for corresponding rows (`paired`) their covariance is subtracted. Of two
 * independent sets the one whose FID came out too small has too small a variance too: intervals of
 * their difference move by that (`intervalShift`).
 *
 * @throws StudyError if a set has fewer images than `basis` or `sizes` need, no estimate of FID_∞ with
 *   an error, or rows that cannot correspond
 */
export async function compareSets(
  sets: readonly ComparedSet[],
  reference: Reference,
  { basis, paired = false, ...options }: ComparisonOptions,
): Promise<Comparison> {
  const at = basis === 'infinity' ? [] : [basis.size];
  const sizes = [...new Set([...options.sizes, ...at])].sort((a, b) => a - b);
  requireSizes(sets, sizes);
  if (paired) requirePairs(sets);
  const measured: SetDistances[] = [];
  for (const set of sets) {
    options.signal?.throwIfAborted();
    measured.push(await setDistances(set, reference, { ...options, sizes }));
  }
  const value = (set: SetDistances) =>
    basis === 'infinity' ? atInfinity(set) : atSize(set, basis.size);
  const ranked = measured
    .map((set) => ({ set, ...value(set) }))
    .sort((a, b) => a.value - b.value || a.set.name.localeCompare(b.set.name));
  const pairs = ranked.flatMap((better, i) =>
    ranked.slice(i + 1).map((worse, gap) => ({ gap, pair: pairOf(better, worse) })),
  );
  return {
    basis,
    ranking: ranked.map(({ set, value: of, variance }, i) => ({
      set,
      rank: i + 1,
      value: of,
      se: Math.sqrt(variance),
    })),
    pairs: pairs.sort((a, b) => a.gap - b.gap).map(({ pair }) => pair),
  };

  function pairOf(better: Value & { set: SetDistances }, worse: Value & { set: SetDistances }) {
    const difference = worse.value - better.value;
    const of = differenceOf(better.set, worse.set);
    const variance = basis === 'infinity' ? of.infinity()! : of.measured(basis.size);
    const ofReference = basis === 'infinity' ? (of.ofReference ?? 0) : 0;
    const se = Math.sqrt(Math.max(0, variance + ofReference));
    const { below, above } = shiftedEnds(se, of.shift);
    const both = 2 * Math.sqrt(better.variance * worse.variance);
    const shared = better.variance + worse.variance - variance;
    return {
      better: better.set.name,
      worse: worse.set.name,
      difference,
      se,
      lower: difference - below,
      upper: difference + above,
      referenceSe: of.ofReference === null ? null : Math.sqrt(of.ofReference),
      correlation: paired && both > 0 ? shared / both : null,
      reversals: options.sizes.map((size) => reversal(better.set, worse.set, size, of)),
    };
  }

  function differenceOf(a: SetDistances, b: SetDistances): DifferenceVariance {
    return paired
      ? pairedDifference(a, b, differenceModel(a.influences, b.influences, options.referenceRows))
      : independentDifference(a, b);
  }
}

function atInfinity({ name, infinity, infinityVariance, failure }: SetDistances): Value {
  if (infinity && infinityVariance !== null) {
    return { value: infinity.estimate, variance: infinityVariance };
  }
  throw new StudyError(
    `no FID at infinity of ${name} with an error${failure === null ? '' : `: ${failure}`}`,
    'give more images, or compare at equal N: --size',
  );
}

/**
 * The chance that N new images of each set reverse the ranking: a normal distribution around the
 * difference of the draws, with the variance of new images plus that of the mean of the draws, on the
 * side on which a reversal lies.
 */
function reversal(
  better: SetDistances,
  worse: SetDistances,
  size: number,
  variance: DifferenceVariance,
): Reversal {
  const difference = atSize(worse, size).value - atSize(better, size).value;
  const { below, above } = shiftedEnds(
    Math.sqrt(Math.max(0, variance.measured(size))),
    variance.shift,
  );
  const measured = (difference > 0 ? below : above) / Z95;
  const sd = Math.hypot(Math.sqrt(Math.max(0, variance.fresh(size))), measured);
  return { size, difference, probability: normalTail(difference / sd) };
}

/** Corresponding sets have the same number of rows and the same classes. */
function requirePairs(sets: readonly ComparedSet[]): void {
  const [first, ...others] = sets;
  for (const { name, features, classes } of others) {
    if (features.rows !== first!.features.rows) {
      throw new StudyError(
        `paired sets of ${thousands(first!.features.rows)} (${first!.name}) and ${thousands(features.rows)} images (${name})`,
        'row i of each must come from the same latents: give equal numbers, in one order',
      );
    }
    if (classes?.some((each, i) => each !== first!.classes?.[i])) {
      throw new StudyError(
        `paired sets of different classes: ${first!.name} and ${name}`,
        'rows of different classes do not correspond: leave --paired out, or give one label file for all',
      );
    }
  }
}

function requireSizes(sets: readonly ComparedSet[], sizes: readonly number[]): void {
  for (const { name, features } of sets) {
    const beyond = sizes.find((size) => size > features.rows);
    if (beyond === undefined) continue;
    throw new StudyError(
      `${name} has ${thousands(features.rows)} images, not ${thousands(beyond)}`,
      `compare at ${thousands(features.rows)} or fewer: --size, --sizes`,
    );
  }
}

/**
 * Refuses to rank plug-in FIDs of different N, the most common mistake with FID.
 *
 * @throws StudyError naming the flags that correct for it
 */
export function requireEqualSizes(sets: readonly ComparedSet[]): number {
  const sizes = sets.map(({ features }) => features.rows);
  const smallest = Math.min(...sizes);
  if (sizes.every((size) => size === smallest)) return smallest;
  const each = sets.map(({ name }, i) => `${name} ${thousands(sizes[i]!)}`).join(', ');
  throw new StudyError(
    `plug-in FIDs of different numbers of images cannot be ranked: ${each}`,
    `--correct compares FID at infinity; --size ${smallest} compares draws of ${smallest} images of each`,
  );
}
