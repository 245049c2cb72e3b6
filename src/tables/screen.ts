import type { PerformanceRow } from './rows.ts';
import { type PublishedValue, performanceSummary } from './summary.ts';
import { textTable } from './text-table.ts';

/**
 * The performance table for a terminal: right-aligned columns, a line per size. Ends without a
 * newline.
 *
 * @param rows long form, as in performance.csv
 * @param published values to compare a source with, if any
 */
export function screenTable(
  rows: readonly PerformanceRow[],
  published: readonly PublishedValue[] = [],
): string {
  return textTable(performanceSummary(rows, published, 'plus-minus'));
}
