import type { PerformanceRow } from './rows.ts';
import { type PublishedValue, performanceSummary } from './summary.ts';

/** Spaces between columns. */
const GAP = '  ';

/**
 * The performance table for a terminal: right-aligned columns, a line per size. Ends without a
 * newline.
 *
 * @param rows long form, as in performance.csv
 * @param published values that a source can be held against, if any
 */
export function screenTable(
  rows: readonly PerformanceRow[],
  published: readonly PublishedValue[] = [],
): string {
  const { header, rows: body } = performanceSummary(rows, published, 'plus-minus');
  const widths = header.map((title, i) =>
    Math.max(title.length, ...body.map((cells) => cells[i]?.length ?? 0)),
  );
  return [header, widths.map((width) => '─'.repeat(width)), ...body]
    .map((cells) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join(GAP))
    .join('\n');
}
