import type { SweepResult } from '../../sweep/run.ts';
import type { TimingRow } from '../../tables/timings.ts';
import type { Reversal } from '../real-images/order.ts';

/** Names of comparisons; those of corrupted images are called like the corruption. */
export const CLEAN = 'clean';
export const SURROGATE = 'surrogate';

/** A metric at one number of images. */
export interface BiasRow {
  readonly experiment: string;
  readonly metric: string;
  readonly size: number;
  readonly draws: number;
  readonly value: number;
  readonly mcse: number | null;
  readonly sd: number | null;
  /** What the value is at the largest size of the comparison, and at most its share. */
  readonly at_largest: number;
  /** (value − at_largest) / |at_largest|; null at the largest size, and where that is 0. */
  readonly relative: number | null;
}

/** How a metric's dependence on N compares with a difference that one wants to see. */
export interface EffectRow {
  readonly metric: string;
  readonly corruption: string;
  /** Size at which both sets were scored, and the corrupted minus the clean one's value there. */
  readonly effect_size: number;
  readonly effect: number;
  readonly effect_mcse: number | null;
  readonly size: number;
  /** The clean set's value at this size minus that at `effect_size`. */
  readonly bias: number;
  /** |bias / effect| */
  readonly ratio: number;
  /** SD of a draw at this size over |effect|. */
  readonly noise: number | null;
}

/** How far one metric is off with some number of images, on the surrogate of the claim. */
export interface ClaimRow {
  readonly metric: string;
  /** `plug-in`, or the estimator of FID at infinity. */
  readonly method: string;
  readonly size: number;
  readonly draws: number;
  /** In closed form. */
  readonly truth: number;
  readonly mean: number;
  readonly bias: number;
  readonly bias_mcse: number;
  readonly sd: number;
  readonly rmse: number;
  /** RMSE / truth, and SD / truth. */
  readonly relative_rmse: number;
  readonly relative_sd: number;
}

export interface MetricsResult {
  readonly comparisons: readonly SweepResult[];
  readonly biases: readonly BiasRow[];
  readonly effects: readonly EffectRow[];
  readonly reversed: readonly Reversal[];
  readonly claim: readonly ClaimRow[];
  readonly timings: readonly TimingRow[];
}
