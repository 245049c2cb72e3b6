import type { EstimateRow } from '../../src/tables/rows.ts';

/** A row of estimates.csv; null for a draw that failed. */
export function estimateRow(
  seed: number,
  size: number,
  estimate: number | null,
  more: Partial<EstimateRow> = {},
): EstimateRow {
  return {
    experiment: 'test',
    source: 'test',
    size,
    seed,
    pool: null,
    replacement: false,
    method: 'plug-in',
    estimate,
    mean_term: null,
    trace_reference: null,
    trace_generated: null,
    trace_sqrt: null,
    seconds: null,
    status: estimate === null ? 'failed' : 'ok',
    error: estimate === null ? 'no' : null,
    ...more,
  };
}
