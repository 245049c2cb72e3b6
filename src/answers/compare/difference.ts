import type { InfluenceSkew } from '../../theory/interval-shift.ts';
import { type RowInfluences, Spread } from '../../theory/row-moments.ts';
import { meanSquare } from '../../theory/second-order-kernel.ts';
import {
  combinationVariance,
  influenceExcess,
  oneDistance,
  type VarianceModel,
  withoutDiagonal,
} from '../../theory/variance.ts';
import { atSize, drawsVariance, freshVariance, type SetDistances } from './set-distances.ts';

/** How sure the difference of two sets' FIDs is, the reference as it is. */
export interface DifferenceVariance {
  /** Of the difference of the mean FIDs of the draws at hand. */
  measured(size: number): number;
  /** Of the difference of the FIDs of so many new images of each. */
  fresh(size: number): number;
  /** Of the difference of the estimates at infinity; null if one of them has no error. */
  infinity(): number | null;
  /** What another reference of as many images adds to either; null where its rows are not known. */
  readonly ofReference: number | null;
  /** How far up the ends of its interval move, with the variance erring with FID. */
  readonly shift: number;
}

/** Of sets of independent images: variances add up. */
export function independentDifference(a: SetDistances, b: SetDistances): DifferenceVariance {
  return {
    measured: (size) => atSize(a, size).variance + atSize(b, size).variance,
    fresh: (size) => freshVariance(a, size) + freshVariance(b, size),
    infinity: () => sum(a.infinityVariance, b.infinityVariance),
    ofReference: referenceDifference(a, b, (second) => {
      const of = ({ variance, rows }: SetDistances) => Math.sqrt(variance.second * second) / rows;
      return 4 * (of(a) + of(b));
    }),
    shift: shiftOf(a.skew, b.skew),
  };
}

/** Of b less a. */
function shiftOf(a: InfluenceSkew, b: InfluenceSkew): number {
  const variance = a.variance + b.variance;
  return variance > 0 ? (b.along - a.along) / variance : 0;
}

/**
 * Variance of the difference of two FIDs over reference images, which both share: that of the
 * difference of its rows' influences on them.
 *
 * @param excess what the generated images add to the variance of those, by τ² of the difference
 */
function referenceDifference(
  a: SetDistances,
  b: SetDistances,
  excess: (second: number) => number,
): number | null {
  if (!a.referenceInfluences || !b.referenceInfluences) return null;
  const rows = a.referenceInfluences.influence.length;
  const { influence, second } = spreadOf(a.referenceInfluences, b.referenceInfluences);
  const first = Math.max(0, influence - influenceExcess(second, rows, 0, null) - excess(second));
  return first / rows + (2 * second) / rows ** 2;
}

/**
 * Of sets of N images each whose rows correspond, drawn from in the same orders: to second order the
 * difference is again a V-statistic, of the differences of influences and kernels.
 */
export function pairedDifference(
  a: SetDistances,
  b: SetDistances,
  difference: VarianceModel,
): DifferenceVariance {
  const ofAll = (model: VarianceModel) =>
    combinationVariance(withoutDiagonal(model), oneDistance(a.rows));
  return {
    measured: (size) => drawsVariance(difference, size, a),
    fresh: (size) => combinationVariance(difference, oneDistance(size)),
    infinity() {
      if (a.infinityVariance === null || b.infinityVariance === null) return null;
      // What an estimate's error has beyond that of its images (the orders left out) is not shared.
      const beyond = (set: SetDistances) =>
        Math.max(0, set.infinityVariance! - ofAll(set.variance));
      return ofAll(difference) + beyond(a) + beyond(b);
    },
    ofReference: referenceDifference(
      a,
      b,
      (second) => (4 * Math.sqrt(second * difference.second)) / a.rows,
    ),
    // Where in the kernels the differences of influences lie is not known.
    shift: 0,
  };
}

/** The variance model of FID_a − FID_b, from rows that correspond. */
export function differenceModel(
  a: RowInfluences,
  b: RowInfluences,
  referenceRows: number | null,
): VarianceModel {
  const { influence, diagonal, covariance, second } = spreadOf(a, b);
  const excess = influenceExcess(second, a.influence.length, second, referenceRows);
  return {
    first: Math.max(0, influence - excess),
    second,
    diagonal,
    covariance,
    reference: 0,
    // Of pairs with reference rows the difference of kernels is taken to be as large.
    referenceSecond: second,
    referenceRows,
    isGiven: true,
  };
}

/** Moments of the differences of two sets' row terms, and τ² of the difference. */
function spreadOf(a: RowInfluences, b: RowInfluences) {
  const spread = new Spread();
  for (const [i, influence] of a.influence.entries()) {
    spread.add(influence - b.influence[i]!, a.diagonal[i]! - b.diagonal[i]!);
  }
  const second = meanSquare(a.pairs.map((value, i) => value - b.pairs[i]!));
  return { ...spread.moments(), second };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
