import type { Estimate } from '../../estimators/estimate.ts';
import { varianceGivenReference } from '../../estimators/given-reference.ts';
import { nestedDistances, planOf } from '../../estimators/nested-distances.ts';
import { recommendedEstimator } from '../../estimators/recommended.ts';
import { estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool } from '../../estimators/run.ts';
import { shuffled } from '../../estimators/shuffled.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import { featureGeometry, type Reference } from '../../metrics/reference.ts';
import { referenceBias } from '../../theory/bias-constants.ts';
import { type InfluenceSkew, influenceSkew } from '../../theory/interval-shift.ts';
import { type OddRow, oddRows } from '../../theory/odd-rows.ts';
import { constantOf } from '../../theory/population-constant.ts';
import type { RowInfluences } from '../../theory/row-moments.ts';
import {
  combinationVariance,
  givenReference,
  oneDistance,
  type VarianceModel,
} from '../../theory/variance.ts';

/** A generated set among others. */
export interface ComparedSet {
  readonly name: string;
  readonly features: FeatureRows;
  /** Class of each image of a set with fixed shares of its classes. */
  readonly classes?: Uint32Array | undefined;
}

/** FIDs of one set: of all its images, of nested draws, and at infinity. */
export interface SetDistances {
  readonly name: string;
  readonly rows: number;
  /** FID of all images. */
  readonly fid: number;
  /** Sizes of the draws. */
  readonly sizes: readonly number[];
  /** FIDs of draws, a row for each seed, a column for each size. */
  readonly draws: readonly (readonly number[])[];
  readonly infinity: Estimate | null;
  /** Why the estimate failed; null if it did not. */
  readonly failure: string | null;
  /** Whether there are images enough for it to be relied on, and none too far out. */
  readonly isReliable: boolean;
  readonly oddRows: readonly OddRow[];
  /** C of bias C/N by fourth moments, and what the reference's own number of images adds. */
  readonly constant: number;
  readonly referenceBias: number;
  /** How FIDs vary over images, with the reference as it is. */
  readonly variance: VarianceModel;
  /** Of its rows in the order of the first seed. */
  readonly influences: RowInfluences;
  /** Of the reference's rows; null where only its statistics are known. */
  readonly referenceInfluences: RowInfluences | null;
  /** How the variance of its FID errs with it. */
  readonly skew: InfluenceSkew;
  /** Variance of FID_∞ over images, with the reference as it is; null if it is not known. */
  readonly infinityVariance: number | null;
}

export interface SetOptions {
  /** Sizes of nested draws, no larger than the set. */
  readonly sizes: readonly number[];
  /** One order of the images each; sets of one size are drawn from in the same orders. */
  readonly seeds: readonly number[];
  readonly referenceRows: number | null;
  /** The reference's own features, where they are at hand: they tell its tails. */
  readonly referenceFeatures?: FeatureRows | undefined;
  readonly algebra: LinearAlgebra;
  readonly signal?: AbortSignal | undefined;
}

/** @throws StudyError below two images, or for another dimension than the reference's */
export async function setDistances(
  { name, features, classes }: ComparedSet,
  reference: Reference,
  { sizes, seeds, referenceRows, referenceFeatures, algebra, signal }: SetOptions,
): Promise<SetDistances> {
  const { rows, dimension } = features;
  const kind = { hasRows: true, isStratified: classes !== undefined, referenceRows };
  const { method, isReliable } = recommendedEstimator({ rows, dimension }, kind);
  const [first = 0, ...others] = seeds;
  const { shared, estimates, failures } = await estimatePool(features, reference, {
    estimators: estimatorsNamed([method]),
    sizes,
    seed: first,
    referenceRows,
    referenceFeatures,
    classes,
    algebra,
  });
  const draws = [sizes.map((size) => shared.prefixes.get(size)!.terms.distance)];
  for (const seed of others) {
    signal?.throwIfAborted();
    draws.push(await drawsOf(shuffled(features, seed, classes), reference, sizes, algebra));
  }
  const [infinity = null] = estimates;
  const odd = oddRows(shared);
  return {
    name,
    rows,
    sizes,
    draws,
    infinity,
    isReliable: isReliable && odd.length === 0,
    oddRows: odd,
    fid: shared.whole.terms.distance,
    failure: failures[0]?.error.message ?? null,
    // Null of statistics alone: here there are rows.
    constant: constantOf(shared)!.value,
    referenceBias: infinity?.referenceBias ?? referenceBias(shared, 'fourth'),
    variance: givenReference(shared.variance),
    influences: shared.ofGenerated!.byRow,
    referenceInfluences: shared.ofReference?.byRow ?? null,
    skew: influenceSkew(shared),
    infinityVariance: infinity && varianceGivenReference(infinity, shared),
  };
}

async function drawsOf(
  pool: FeatureRows,
  reference: Reference,
  sizes: readonly number[],
  algebra: LinearAlgebra,
): Promise<number[]> {
  if (sizes.length === 0) return [];
  const plan = planOf([{ prefixes: sizes }], Math.max(...sizes));
  const geometry = featureGeometry(reference);
  const { prefixes } = await nestedDistances(pool, reference.mean, geometry, plan, [], algebra);
  return sizes.map((size) => prefixes.get(size)!.terms.distance);
}

/** Variance of the FID of `size` new images. */
export function freshVariance({ variance }: SetDistances, size: number): number {
  return combinationVariance(variance, oneDistance(size));
}

/** A value with the variance that images give it, the reference as it is. */
export interface Value {
  readonly value: number;
  readonly variance: number;
}

/**
 * Mean FID of the draws of a size; of all images where that is the size. What draws of one set share
 * is the set, whose own variance no number of draws takes away.
 */
export function atSize(set: SetDistances, size: number): Value {
  const variance = drawsVariance(set.variance, size, set);
  if (size === set.rows) return { value: set.fid, variance };
  const column = set.sizes.indexOf(size);
  const values = set.draws.map((row) => row[column]!);
  return { value: values.reduce((total, each) => total + each, 0) / values.length, variance };
}

/** Variance of the mean FID of a set's draws of a size, or of a difference of such means. */
export function drawsVariance(
  model: VarianceModel,
  size: number,
  { rows, draws }: Pick<SetDistances, 'rows' | 'draws'>,
): number {
  const of = (n: number) => combinationVariance(model, oneDistance(n));
  const one = of(size);
  if (size === rows) return one;
  const shared = Math.min(one, of(rows));
  return one / draws.length + (1 - 1 / draws.length) * shared;
}

/**
 * About how much of the FID at a size is bias: what it is above the estimate at infinity, which is the
 * reference's bias too where its number of images is known; without one C/N + C_ref/M.
 */
export function biasAtSize(set: SetDistances, size: number): number {
  return set.infinity
    ? atSize(set, size).value - set.infinity.estimate
    : set.constant / size + set.referenceBias;
}
