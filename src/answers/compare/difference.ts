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
}

/** Of sets of independent images: variances add up. */
export function independentDifference(a: SetDistances, b: SetDistances): DifferenceVariance {
  return {
    measured: (size) => atSize(a, size).variance + atSize(b, size).variance,
    fresh: (size) => freshVariance(a, size) + freshVariance(b, size),
    infinity: () => sum(a.infinityVariance, b.infinityVariance),
  };
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
  };
}

/** The variance model of FID_a − FID_b, from rows that correspond. */
export function differenceModel(
  a: RowInfluences,
  b: RowInfluences,
  referenceRows: number | null,
): VarianceModel {
  const spread = new Spread();
  for (const [i, influence] of a.influence.entries()) {
    spread.add(influence - b.influence[i]!, a.diagonal[i]! - b.diagonal[i]!);
  }
  const { influence, diagonal, covariance } = spread.moments();
  const second = meanSquare(a.pairs.map((value, i) => value - b.pairs[i]!));
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

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
