import type { SharedResults, SubsetDistance } from './estimator.ts';
import { gaussianBiasConstant } from './gaussian-moments.ts';

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
