import { meanSquare } from '../estimators/second-order-kernel.ts';
import { prefix } from '../estimators/subsets.ts';
import {
  combinationVariance,
  type VarianceModel,
  withoutDiagonal,
} from '../estimators/variance.ts';
import type { RowInfluences } from './row-influences.ts';
import { atSize, drawsVariance, freshVariance, type SetDistances } from './set-distances.ts';

/** How sure the difference of two sets' FIDs is, the reference as it is. */
export interface DifferenceVariance {
  /** Of the difference of the mean FIDs of the draws at hand. */
  measured(size: number): number;
  /** Of the difference of the FIDs of so many new images of each. */
  fresh(size: number): number;
  /** Of the difference of the estimates at infinity; null where one of them has no error. */
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
  const all = [{ weight: 1, subset: prefix(a.rows) }];
  const ofAll = (model: VarianceModel) => combinationVariance(withoutDiagonal(model), all);
  return {
    measured: (size) => drawsVariance(difference, size, a),
    fresh: (size) => combinationVariance(difference, [{ weight: 1, subset: prefix(size) }]),
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
  const less = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i]!);
  const influence = less(a.influence, b.influence);
  const diagonal = less(a.diagonal, b.diagonal);
  const pairs = less(a.pairs, b.pairs);
  const second = meanSquare(pairs);
  // As in a single set's model: influences are seen with the sample's own moments.
  const excess = 4 * second * (1 / influence.length + (referenceRows ? 1 / referenceRows : 0));
  return {
    first: Math.max(0, sampleCovariance(influence, influence) - excess),
    second,
    diagonal: sampleCovariance(diagonal, diagonal),
    covariance: sampleCovariance(influence, diagonal),
    reference: 0,
    referenceRows,
    isGiven: true,
  };
}

/** Divisor N − 1. */
function sampleCovariance(x: Float64Array, y: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((total, value, i) => total + (value - mx) * (y[i]! - my), 0) / (x.length - 1);
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
