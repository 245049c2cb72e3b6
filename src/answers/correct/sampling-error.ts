import { exp, log } from '../../kernels/elementary.ts';
import { packagedSpreads } from './packaged.ts';

/** A row of experiments/published-spreads.csv: the spread of one model's FID over evaluations. */
export interface PublishedSpread {
  readonly dataset: string;
  readonly model: string;
  readonly n_gen: number;
  readonly fid: number;
  /** What of `fid` is about C/N + C/M, by the constants of published pairs: it does not vary. */
  readonly bias: number;
  /** Standard deviation over `runs` evaluations with other images. */
  readonly sd: number;
  readonly runs: number;
  readonly source: string;
}

/**
 * Standard deviation of FID between two trainings of one recipe, as a share of it: SSGAN on CIFAR-10
 * has 17.88 ± 0.64 over its authors' runs, as https://github.com/kwotsin/mimicry quotes.
 */
export const TRAINING_SPREAD = 0.64 / 17.88;

let factor: number | undefined;

/**
 * k in SD ≈ k √(FID_∞ / N), by which an FID varies with the sample of generated images. To first order
 * N · Var = 4 δᵀPδ + 2 tr[((I − T)P)²], which grows in proportion to FID_∞; the bias that a printed FID
 * has does not vary. The geometric mean over laboratories, each of them a root mean square weighted by
 * degrees of freedom: laboratories differ by more (2.5, 4.0 and 5.0) than chance.
 */
export function samplingFactor(): number {
  if (factor !== undefined) return factor;
  const sources = new Map<string, PublishedSpread[]>();
  for (const row of publishedSpreads()) {
    sources.set(row.source, [...(sources.get(row.source) ?? []), row]);
  }
  const logs = [...sources.values()].map((rows) => log(meanSquare(rows)) / 2);
  factor = exp(logs.reduce((total, value) => total + value, 0) / logs.length);
  return factor;
}

/** Mean of N SD²/FID_∞ over rows, weighted by degrees of freedom. */
export function meanSquare(rows: readonly PublishedSpread[]): number {
  let [sum, degrees] = [0, 0];
  for (const { sd, n_gen, fid, bias, runs } of rows) {
    sum += ((runs - 1) * sd * sd * n_gen) / (fid - bias);
    degrees += runs - 1;
  }
  return sum / degrees;
}

/**
 * √2 τ/C, the standard deviation of an FID at P = Q as a share of its bias C/N: that of the surrogate
 * cifar10-cfm, λ ∝ i^-1.25 (τ 131, C 25,480). It is all that is left where FID_∞ is 0, as of real images.
 */
const SECOND_ORDER_SHARE = 0.0073;

/** What an FID's sampling depends on. */
export interface Sampled {
  /** FID_∞, about. */
  readonly level: number;
  /** C of its bias C/N. */
  readonly constant: number;
  /** Squared units of the features, FID's as 1. */
  readonly unit: number;
}

/** σ² and τ² of Var(FID_N) ≈ σ²/N + 2 τ²/N², from published spreads. */
export function samplingVariance({ level, constant, unit }: Sampled): {
  first: number;
  second: number;
} {
  return {
    first: samplingFactor() ** 2 * unit * Math.max(level, 0),
    second: (SECOND_ORDER_SHARE * constant) ** 2 / 2,
  };
}

/** Standard deviation of an FID over samples of n images; 0 at infinity. */
export function samplingError(of: Sampled, n: number): number {
  const { first, second } = samplingVariance(of);
  return Math.sqrt(first / n + (2 * second) / n ** 2);
}

/** The spreads that come with the package. */
export function publishedSpreads(): readonly PublishedSpread[] {
  return packagedSpreads;
}
