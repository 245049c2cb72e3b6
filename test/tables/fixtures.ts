import type { EstimateRow, Measure, PerformanceRow } from '../../src/tables/rows.ts';

/** One good draw; tests change what they are about. */
export const DRAW: EstimateRow = {
  experiment: 'pair',
  source: 'cifar10-cfm',
  size: 5000,
  seed: 1,
  pool: null,
  replacement: false,
  method: 'plug-in',
  estimate: 9.78,
  mean_term: 1.5,
  trace_reference: 200,
  trace_generated: 190,
  trace_sqrt: 190.86,
  seconds: 0.25,
  status: 'ok',
  error: null,
};

/** Ten draws at a size, as performance.csv has them. */
export function performanceAt(
  size: number,
  measures: Partial<Record<Measure, readonly [value: number | null, mcse: number | null]>>,
): PerformanceRow[] {
  return Object.entries(measures).map(([measure, [value, mcse]]) => ({
    experiment: 'pair',
    size,
    method: 'plug-in',
    measure: measure as Measure,
    n_draws: 10,
    n_failed: 0,
    value,
    mcse,
    lower: value === null || mcse === null ? null : value - 1.96 * mcse,
    upper: value === null || mcse === null ? null : value + 1.96 * mcse,
  }));
}

/** The main use: two sizes, ten seeds. */
export const PAIR: readonly PerformanceRow[] = [
  ...performanceAt(5000, {
    mean: [9.7812, 0.0326],
    bias: [5.1812, 0.0326],
    empirical_se: [0.1031, 0.0243],
    rmse: [5.1822, 0.0326],
  }),
  ...performanceAt(50_000, {
    mean: [5.11834, 0.00321],
    bias: [0.51834, 0.00321],
    empirical_se: [0.01015, 0.00239],
    rmse: [0.51843, 0.00321],
  }),
];
