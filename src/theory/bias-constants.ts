import { gaussianBiasConstant } from './gaussian-moments.ts';
import { Z95 } from './normal.ts';
import { gaussianStretch, spectralBias } from './resolvent.ts';
import type { RowMoments } from './row-moments.ts';
import type { SharedResults, SubsetDistance } from './shared-results.ts';

/** Which features the bias constant is for: Gaussian ones, or any, by their fourth moments. */
export type Tails = 'gaussian' | 'fourth';

/**
 * How much larger the spectral part of the bias is than for Gaussian features of the same spectrum, at
 * this number of rows; 1 where no rows are known. What one row can do to it is bounded (`Leverages`).
 */
export function tailFactor({ ofGenerated, resolvent, rows }: SharedResults, tails: Tails): number {
  return tails === 'gaussian' ? 1 : factorOf(ofGenerated, resolvent, rows);
}

function factorOf(
  moments: RowMoments | null,
  resolvent: SharedResults['resolvent'],
  rows: number,
): number {
  const stretch = moments?.leverages?.stretch;
  if (!stretch) return 1;
  const gaussian = gaussianStretch(resolvent, rows - 1);
  const ofRows = spectralBias(resolvent, stretch, rows, true);
  return Math.max(0, ofRows / spectralBias(resolvent, gaussian, rows, false));
}

/** C of E FID_N ≈ FID_∞ + C/N, from the spectrum of a subset. */
export function biasConstant({ terms, roots }: SubsetDistance, factor: number): number {
  return terms.traceGenerated + factor * gaussianBiasConstant(0, roots);
}

/** What is known of the reference's tails: as `tailFactor`, with a standard error. */
export interface ReferenceTails {
  readonly factor: number;
  readonly error: number;
  /** Whether its rows say so. Statistics leave every factor open that has been seen. */
  readonly isMeasured: boolean;
}

/**
 * By the reference's own rows. Where there are statistics alone its tails may be anything between
 * Gaussian ones and the heaviest that have been seen, or those of the generated rows.
 */
export function referenceTails(shared: SharedResults, tails: Tails): ReferenceTails {
  const { ofReference, referenceRows, resolvent } = shared;
  if (tails === 'gaussian') return { factor: 1, error: 0, isMeasured: false };
  if (ofReference?.leverages && referenceRows !== null) {
    const factor = factorOf(ofReference, resolvent, referenceRows);
    const rank = resolvent.roots.length;
    const error = (Math.abs(factor - 1) * rank) / (referenceRows + rank);
    return { factor, error, isMeasured: true };
  }
  const heaviest = Math.max(SEEN_TAILS, tailFactor(shared, tails));
  return {
    factor: (1 + heaviest) / 2,
    error: (heaviest - 1) / 2 / Z95,
    isMeasured: false,
  };
}

/** The bias C_ref/M that a reference of M samples adds at every N; 0 where it is known exactly. */
export function referenceBias(shared: SharedResults, tails: Tails): number {
  const { referenceRows, whole } = shared;
  if (referenceRows === null) return 0;
  const spectral = referenceTails(shared, tails).factor * gaussianBiasConstant(0, whole.roots);
  return (whole.terms.traceReference + spectral) / referenceRows;
}

/**
 * Standard error, in units of FID, of `referenceBias`: what is not known of the reference's tails, and
 * the size of its second order, which is not taken away. Isotropic features have D/C = 0.21 d in
 * E FID ≈ FID_∞ + C/M + D/M² (Marchenko & Pastur), and their Ĉ, from a spectrum that both samples have
 * widened, is too small by ¼ (d/N + d/M) of it. Power laws differ little: with a known reference, 13 to
 * 16 % of the bias are left at N/d = 2.4 by first order (`results/estimators`), 19 % by this.
 */
export function referenceError(shared: SharedResults, tails: Tails): number {
  const { referenceRows, rows, reference } = shared;
  if (referenceRows === null) return 0;
  const d = reference.factor.columns;
  const share = 0.25 * (d / rows + d / referenceRows) + (0.21 * d) / referenceRows;
  const secondOrder = Math.min(1, share) * referenceBias(shared, tails);
  return Math.hypot(secondOrder, referenceTailError(shared, tails));
}

/** The part of `referenceError` that is not known of the reference's tails. */
export function referenceTailError(shared: SharedResults, tails: Tails): number {
  const { referenceRows, whole } = shared;
  if (referenceRows === null) return 0;
  const { error } = referenceTails(shared, tails);
  return (error * gaussianBiasConstant(0, whole.roots)) / referenceRows;
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
 * Where features are taken for Gaussian it is what tails have been seen to add. The factor by rows
 * is one for all orders and all subsets, and errs by about d/N of what it adds.
 */
export function tailConstantError(shared: SharedResults, tails: Tails): number {
  const { rows, whole } = shared;
  const gaussian = gaussianBiasConstant(0, whole.roots);
  if (tails === 'gaussian') return (SEEN_TAILS - 1) * gaussian;
  const rank = whole.roots.length;
  return (Math.abs(tailFactor(shared, tails) - 1) * gaussian * rank) / (rows + rank);
}

/**
 * What `tailConstantError` is in units of FID. Features that are taken for Gaussian are so on both
 * sides, and both parts of the bias err in the same direction.
 *
 * @param weight w, what is left of C/N in the estimate's combination of subsets
 */
export function tailError(shared: SharedResults, tails: Tails, weight: number): number {
  const { rows, referenceRows } = shared;
  const ofReference = tails === 'gaussian' && referenceRows !== null ? 1 / referenceRows : 0;
  return tailConstantError(shared, tails) * (Math.abs(weight) / rows + ofReference);
}
