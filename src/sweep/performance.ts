import type { Estimand } from '../tables/estimand.ts';
import type { EstimateRow, Measure, PerformanceRow } from '../tables/rows.ts';
import { type MeasuredInterval, performance } from '../theory/performance.ts';

/**
 * Performance measures over the draws of each size, against the estimand; failed draws are counted
 * and left out. Draws of a finite pool without replacement also have an empirical SE corrected for
 * their overlap: their variance is too small by a factor of about 1 − n/pool. At the size whose FID is
 * the estimand, bias, MSE and RMSE are empty.
 *
 * @param rows in any order; of one experiment, source and method
 */
export function performanceRows(
  rows: readonly EstimateRow[],
  estimand: Estimand,
): PerformanceRow[] {
  const sizes = [...new Set(rows.map((row) => row.size))].sort((a, b) => a - b);
  return sizes.flatMap((size) =>
    rowsOfSize(
      rows.filter((row) => row.size === size),
      estimand,
    ),
  );
}

function rowsOfSize(rows: readonly EstimateRow[], estimand: Estimand): PerformanceRow[] {
  const [first] = rows;
  if (!first) return [];
  const estimates = rows.flatMap((row) => (row.estimate === null ? [] : [row.estimate]));
  const empty: MeasuredInterval = { value: null, mcse: null, lower: null, upper: null };
  const measured = estimates.length > 0 ? performance(estimates, estimand.value) : null;
  // Against their own mean the bias is 0 by construction, so the cell stays empty.
  const distance = first.size === estimand.size ? null : measured;
  const spread = measured?.empirical_se ?? empty;
  const measures: [Measure, MeasuredInterval][] = [
    ['mean', measured?.mean ?? empty],
    ['bias', distance?.bias ?? empty],
    ['variance', measured?.variance ?? empty],
    ['empirical_se', spread],
    ...correctedSpread(first, spread),
    ['mse', distance?.mse ?? empty],
    ['rmse', distance?.rmse ?? empty],
  ];
  return measures.map(([measure, found]) => ({
    experiment: first.experiment,
    size: first.size,
    method: first.method,
    measure,
    n_draws: estimates.length,
    n_failed: rows.length - estimates.length,
    ...found,
  }));
}

function correctedSpread(
  row: EstimateRow,
  { value, mcse, lower, upper }: MeasuredInterval,
): [Measure, MeasuredInterval][] {
  if (row.pool === null || row.replacement) return [];
  // A draw of the whole pool has no spread to correct.
  const factor = row.size < row.pool ? Math.sqrt(1 / (1 - row.size / row.pool)) : null;
  const corrected = (x: number | null) => (x === null || factor === null ? null : x * factor);
  const measured = {
    value: corrected(value),
    mcse: corrected(mcse),
    lower: corrected(lower),
    upper: corrected(upper),
  };
  return [['empirical_se_corrected', measured]];
}
