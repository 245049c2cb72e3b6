/** One FID, or another metric, of one draw: a row of estimates.csv (column order as in ESTIMATE_COLUMNS). */
export interface EstimateRow {
  readonly experiment: string;
  /** Where the generated embeddings come from: a surrogate's name, or a cache folder's. */
  readonly source: string;
  /** Number of generated samples in the draw (`num_gen`). */
  readonly size: number;
  readonly seed: number;
  /** Rows of the finite pool drawn from; null for a surrogate, whose draws are fresh. */
  readonly pool: number | null;
  readonly replacement: boolean;
  /** The metric; absent for FID. The column is written if there is any other. */
  readonly metric?: string | undefined;
  /** Estimator, `plug-in` so far. */
  readonly method: string;
  readonly estimate: number | null;
  readonly mean_term: number | null;
  readonly trace_reference: number | null;
  readonly trace_generated: number | null;
  /** tr (Q^½ S Q^½)^½; estimate = mean_term + trace_reference + trace_generated − 2 trace_sqrt. */
  readonly trace_sqrt: number | null;
  /** Wall time of the draw; null when timings are left out so that reruns are byte-identical. */
  readonly seconds: number | null;
  readonly status: 'ok' | 'failed';
  readonly error: string | null;
}

/** What is measured over the draws of one size. */
export type Measure =
  | 'mean'
  | 'bias'
  | 'empirical_se'
  | 'empirical_se_corrected'
  | 'variance'
  | 'rmse'
  | 'mse';

/** One performance measure of one size: a row of performance.csv, with its Monte-Carlo error. */
export interface PerformanceRow {
  readonly experiment: string;
  readonly size: number;
  /** The metric; absent for FID. */
  readonly metric?: string | undefined;
  readonly method: string;
  readonly measure: Measure;
  readonly n_draws: number;
  readonly n_failed: number;
  readonly value: number | null;
  /** Monte-Carlo standard error (Morris, White & Crowther 2019, table 6); null with one draw. */
  readonly mcse: number | null;
  /** 95 % Monte-Carlo interval of the value. */
  readonly lower: number | null;
  readonly upper: number | null;
}
