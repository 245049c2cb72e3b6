import { largestOf } from '../arrays/extremes.ts';
import type { DrawOutcome } from '../draws/outcome.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Estimand } from '../tables/estimand.ts';
import { plusMinus, thousands } from '../tables/number.ts';
import type { EstimateRow, PerformanceRow } from '../tables/rows.ts';
import { mean } from '../theory/statistics.ts';
import type { SweepInputs } from './inputs.ts';
import { performanceRows } from './performance.ts';

/** What a sweep found of one metric besides FID. */
export interface MetricResult {
  readonly name: string;
  readonly title: string;
  readonly estimates: readonly EstimateRow[];
  readonly performance: readonly PerformanceRow[];
  /** Null if every draw failed. */
  readonly estimand: Estimand | null;
  /** What the numbers mean, in one sentence. */
  readonly summary: string;
}

/** @param rowOf a row of estimates.csv without its value */
export function metricResult(
  metric: Metric,
  outcomes: readonly DrawOutcome[],
  inputs: Pick<SweepInputs, 'pool' | 'population'>,
  rowOf: (outcome: DrawOutcome) => EstimateRow,
): MetricResult {
  const { name, title } = metric;
  const estimates = outcomes.map((outcome): EstimateRow => {
    const found = outcome.metrics?.[name];
    const value = found?.value ?? null;
    return {
      ...rowOf(outcome),
      metric: name,
      estimate: value,
      mean_term: null,
      trace_reference: null,
      trace_generated: null,
      trace_sqrt: null,
      seconds: found?.seconds ?? null,
      status: value === null ? 'failed' : 'ok',
      error: found?.error ?? outcome.error,
    };
  });
  const estimand = estimandOf(metric, estimates, inputs);
  const performance = estimand
    ? performanceRows(estimates, estimand).map((row) => ({ ...row, metric: name }))
    : [];
  return { name, title, estimates, performance, estimand, summary: summarise(metric, performance) };
}

/** Theory where it is known; otherwise the metric of the whole pool, or of the largest draws. */
function estimandOf(
  { title, atEqual, inN }: Metric,
  rows: readonly EstimateRow[],
  { pool, population }: Pick<SweepInputs, 'pool' | 'population'>,
): Estimand | null {
  if (population?.distance === 0 && atEqual !== undefined) {
    const description = `${title} of two equal distributions: ${atEqual}`;
    return { value: atEqual, se: 0, kind: 'population', description };
  }
  const found = rows.filter(({ estimate }) => estimate !== null);
  const size = largestOf(found.map((row) => row.size));
  const values = found.filter((row) => row.size === size).map(({ estimate }) => estimate!);
  if (values.length === 0) return null;
  const of = size === pool ? 'the whole pool' : 'the largest draws';
  const caution =
    inN === 'no-limit'
      ? '; there is no limit in N to compare with'
      : inN === 'limit'
        ? '; itself biased'
        : '';
  const description = `${title} of ${of}, N = ${thousands(size)}${caution}`;
  return { value: mean(values), se: 0, kind: 'pool', size, description };
}

function summarise({ title, bias }: Metric, rows: readonly PerformanceRow[]): string {
  const means = rows.filter(({ measure, value }) => measure === 'mean' && value !== null);
  const [first, last] = [means[0], means.at(-1)];
  if (!first || !last) return `${title}: no draw succeeded`;
  const at = (row: PerformanceRow) => `${plusMinus(row.value, row.mcse)} at ${thousands(row.size)}`;
  const both = first === last ? at(first) : `${at(first)}, ${at(last)}`;
  return `${title} is ${both}; bias in N: ${bias}`;
}
