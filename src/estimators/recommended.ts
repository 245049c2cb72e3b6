import type { PoolSize } from './estimator.ts';

/** What is known of a pool beside its size. */
export interface PoolKind {
  /** Whether its rows are known, and not their statistics alone. */
  readonly hasRows: boolean;
  /** Whether it was generated with fixed shares of its classes. */
  readonly isStratified: boolean;
}

export interface Recommendation {
  readonly method: string;
  /** False where no estimator is good enough to be relied on. */
  readonly isReliable: boolean;
}

/** Below so many samples a dimension nothing tried is reliable; above, the bias left is small. */
const LEAST = 1.5;

/**
 * The estimator of FID_∞ that commands take by default.
 *
 * In simulations (d = 48, isotropic and power-law spectra, Gaussian and multivariate t with 8 degrees
 * of freedom, P = Q and P ≠ Q, N/d from 1.5 to 24) the random-matrix estimator with tails by fourth
 * moments was the least biased of those with the smallest variance; from statistics, where tails are
 * unknown, the Gaussian one. Both assume independent images: of a set with fixed shares of its
 * classes only FIDs of subsets with the same shares tell how its FID falls with N.
 */
export function recommendedEstimator(
  { rows, dimension }: PoolSize,
  { hasRows, isStratified }: PoolKind,
): Recommendation {
  const isReliable = rows >= LEAST * dimension;
  // A part of nine tenths is drawn on; its second-order bias is what is left.
  if (isStratified) return { method: 'jackknife', isReliable: rows >= 2 * LEAST * dimension };
  if (rows <= dimension + 1) {
    return { method: hasRows ? 'half-sample' : 'analytic-gaussian', isReliable };
  }
  return { method: hasRows ? 'random-matrix-fourth' : 'random-matrix', isReliable };
}
