import { FID, metricOf } from './metric-column.ts';
import { inParentheses, plusMinus, roundToError, thousands } from './number.ts';
import type { Measure, PerformanceRow } from './rows.ts';
import { type TextTable, textTable } from './text-table.ts';

/** A published value to show next to the size it was reported at. */
export interface PublishedValue {
  readonly size: number;
  readonly fid: number;
}

/** How an estimate and its Monte-Carlo SE are written. */
export type ErrorStyle = 'plus-minus' | 'parentheses';

/**
 * Performance in wide form, one row per metric, size and method, ascending in size: size, draws, mean,
 * SD, bias, RMSE, published value. Columns without values are left out (the corrected SD of fresh
 * draws, the method if there is only one, the published value if there is none).
 *
 * @param rows long form, as in performance.csv
 */
export function performanceSummary(
  rows: readonly PerformanceRow[],
  published: readonly PublishedValue[],
  style: ErrorStyle,
): TextTable {
  const groups = bySizeAndMethod(rows);
  const columns = COLUMNS.filter((column) => column.isShown(groups, published));
  const isFid = groups.every(({ metric }) => metric === FID);
  return {
    header: columns.map((column) => column.title(style, isFid)),
    rows: groups.map((group) => columns.map((column) => column.cell(group, published, style))),
  };
}

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

interface Group {
  readonly size: number;
  readonly metric: string;
  readonly method: string;
  readonly draws: number;
  readonly failed: number;
  readonly measures: ReadonlyMap<Measure, PerformanceRow>;
}

interface Column {
  title(style: ErrorStyle, isFid: boolean): string;
  isShown(groups: readonly Group[], published: readonly PublishedValue[]): boolean;
  cell(group: Group, published: readonly PublishedValue[], style: ErrorStyle): string;
}

const ALWAYS = { 'plus-minus': true, parentheses: true };
const PRINTED = { 'plus-minus': false, parentheses: true };
const ERROR_TITLE = { 'plus-minus': '± MCSE', parentheses: '(MCSE)' };

const COLUMNS: readonly Column[] = [
  { title: () => 'size', isShown: () => true, cell: ({ size }) => thousands(size) },
  {
    title: () => 'metric',
    isShown: (groups) => groups.some(({ metric }) => metric !== FID),
    cell: ({ metric }) => metric,
  },
  {
    title: () => 'method',
    isShown: (groups) => new Set(groups.map(({ method }) => method)).size > 1,
    cell: ({ method }) => method,
  },
  {
    title: () => 'draws',
    isShown: () => true,
    cell: ({ draws, failed }) =>
      failed === 0 ? thousands(draws) : `${thousands(draws)} (${thousands(failed)} failed)`,
  },
  measureColumn((isFid) => (isFid ? 'mean FID' : 'mean'), 'mean', ALWAYS),
  // On screen these errors only set the digits: three per row would hide the one that matters.
  measureColumn(() => 'SD', 'empirical_se', PRINTED),
  measureColumn(() => 'SD, pool-corrected', 'empirical_se_corrected', PRINTED),
  measureColumn(() => 'bias', 'bias', ALWAYS),
  measureColumn(() => 'RMSE', 'rmse', PRINTED),
  {
    title: () => 'published',
    isShown: (groups, published) =>
      groups.some(({ size }) => published.some((point) => point.size === size)),
    cell: ({ size, metric }, published) => {
      if (metric !== FID) return '–';
      const fids = published.filter((point) => point.size === size).map(({ fid }) => String(fid));
      return fids.length === 0 ? '–' : fids.join(', ');
    },
  },
];

function measureColumn(
  name: (isFid: boolean) => string,
  measure: Measure,
  errorsIn: Readonly<Record<ErrorStyle, boolean>>,
): Column {
  return {
    title: (style, isFid) =>
      errorsIn[style] ? `${name(isFid)} ${ERROR_TITLE[style]}` : name(isFid),
    isShown: (groups) => has(groups, measure),
    cell: ({ measures }, _published, style) => {
      const row = measures.get(measure);
      if (!row || row.value === null) return '–';
      if (!errorsIn[style]) return roundToError(row.value, row.mcse).value;
      return (style === 'plus-minus' ? plusMinus : inParentheses)(row.value, row.mcse);
    },
  };
}

function has(groups: readonly Group[], measure: Measure): boolean {
  return groups.some(({ measures }) => (measures.get(measure)?.value ?? null) !== null);
}

function bySizeAndMethod(rows: readonly PerformanceRow[]): Group[] {
  const groups = new Map<string, Group & { measures: Map<Measure, PerformanceRow> }>();
  for (const row of rows) {
    const metric = metricOf(row);
    const key = JSON.stringify([row.size, metric, row.method]);
    let group = groups.get(key);
    if (!group) {
      const { size, method, n_draws: draws, n_failed: failed } = row;
      group = { size, metric, method, draws, failed, measures: new Map() };
      groups.set(key, group);
    }
    group.measures.set(row.measure, row);
  }
  const order = [...new Set([...groups.values()].map(({ metric }) => metric))];
  return [...groups.values()].sort(
    (a, b) => order.indexOf(a.metric) - order.indexOf(b.metric) || a.size - b.size,
  );
}
