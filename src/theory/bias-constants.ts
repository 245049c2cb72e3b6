import { gaussianBiasConstant } from './gaussian-moments.ts';
import type { SharedResults, SubsetDistance } from './shared-results.ts';

/** Which features the bias constant is for: Gaussian ones, or any, by their fourth moments. */
export type Tails = 'gaussian' | 'fourth';

/**
 * How much larger the spectral part of the constant is than for Gaussian features of the same
 * spectrum; 1 where no rows are known.
 */
export function tailFactor({ fourth, whole }: SharedResults, tails: Tails): number {
  if (tails === 'gaussian' || !fourth) return 1;
  const gaussian = gaussianBiasConstant(0, whole.roots);
  return gaussian > 0 ? fourth.spectral / gaussian : 1;
}

/** C of E FID_N ≈ FID_∞ + C/N, from the spectrum of a subset. */
export function biasConstant({ terms, roots }: SubsetDistance, factor: number): number {
  return terms.traceGenerated + factor * gaussianBiasConstant(0, roots);
}

/**
 * The bias C_ref/M that a reference of M samples adds at every N; 0 where it is known exactly. Only
 * its statistics are known: its tails are taken to be those of the generated features.
 */
export function referenceBias(shared: SharedResults, tails: Tails): number {
  const { referenceRows, whole } = shared;
  if (referenceRows === null) return 0;
  const spectral = tailFactor(shared, tails) * gaussianBiasConstant(0, whole.roots);
  return (whole.terms.traceReference + spectral) / referenceRows;
}

/**
 * Standard error, in units of FID, of `referenceBias`: the size of its second order, which is not taken
 * away. Isotropic features have D/C = 0.21 d in E FID ≈ FID_∞ + C/M + D/M² (Marchenko & Pastur), and
 * their Ĉ, from a spectrum that both samples have widened, is too small by ¼ (d/N + d/M) of it. Power
 * laws differ little: with a known reference, 13 to 16 % of the bias are left at N/d = 2.4 by first order
 * (`results/estimators`), 19 % by this.
 */
export function referenceError(shared: SharedResults, tails: Tails): number {
  const { referenceRows, rows, reference } = shared;
  if (referenceRows === null) return 0;
  const d = reference.factor.columns;
  const share = 0.25 * (d / rows + d / referenceRows) + (0.21 * d) / referenceRows;
  return Math.min(1, share) * referenceBias(shared, tails);
}

/**
 * By how much tails have been seen to raise the spectral part of the constant on real features, those
 * of CIFAR-10 (`results/cifar10-real`): 1.42 to 1.46.
 */
export const SEEN_TAILS = 1.45;

/** What a reader of an estimate that takes features for Gaussian must know. */
export const GAUSSIAN_NOTE = `it takes features for Gaussian: real ones have heavier tails, for which it is likely too high; its interval allows for tails as heavy as those of CIFAR-10, which raise the spectral part of C ${SEEN_TAILS} times`;

/**
 * Standard error of what tails add to the constant.
 *
 * Where features are taken for Gaussian it is what tails have been seen to add. The factor by fourth
 * moments errs by about d/N of what it adds: rows far out stretch the covariance that they are measured
 * by, and FID is less than quadratic in them (`fourthMoments`). On a multivariate t with 8 degrees of
 * freedom that has been the error from N/d = 2.4 to 24; on CIFAR-10's features it is 0.7 of 6.3 at 5.
 */
export function tailConstantError(shared: SharedResults, tails: Tails): number {
  const { rows, whole } = shared;
  const gaussian = gaussianBiasConstant(0, whole.roots);
  if (tails === 'gaussian') return (SEEN_TAILS - 1) * gaussian;
  const rank = whole.roots.length;
  return (Math.abs(tailFactor(shared, tails) - 1) * gaussian * rank) / (rows + rank);
}

/** Standard error of a constant by fourth moments: by chance, and by its own error; null of statistics. */
export function fourthConstantError(shared: SharedResults): number | null {
  const { fourth, rows } = shared;
  if (!fourth) return null;
  return Math.hypot(Math.sqrt(fourth.diagonal / rows), tailConstantError(shared, 'fourth'));
}

/**
 * What `tailConstantError` is in units of FID, in a bias of C (w/N + 1/M).
 *
 * @param weight w, what is left of C/N in the estimate's combination of subsets
 */
export function tailError(shared: SharedResults, tails: Tails, weight: number): number {
  const { rows, referenceRows } = shared;
  const inverse = weight / rows + (referenceRows === null ? 0 : 1 / referenceRows);
  return tailConstantError(shared, tails) * inverse;
}
