import { isDeepStrictEqual } from 'node:util';
import { readLabels } from '../../../src/sides/labels.ts';
import { estimatesToCsv, parseEstimates } from '../../../src/tables/estimates.ts';
import { parsePerformance, performanceToCsv } from '../../../src/tables/performance.ts';
import type { EstimateRow, PerformanceRow } from '../../../src/tables/rows.ts';
import { asFile } from '../scratch.ts';
import { parser } from './parser.ts';

const draw = { source: 'small', pool: null, replacement: false, method: 'plug-in', seconds: null };
const terms = { estimate: 0.25, mean_term: 0.125, trace_reference: 4, trace_generated: 4.5 };
const estimateRows: EstimateRow[] = [
  {
    experiment: 'a',
    ...draw,
    size: 100,
    seed: 1,
    ...terms,
    trace_sqrt: 4.1875,
    status: 'ok',
    error: null,
  },
  {
    experiment: 'b, "c"',
    ...draw,
    pool: 500,
    size: 200,
    seed: 2,
    ...terms,
    trace_sqrt: 1e-7,
    status: 'ok',
    error: null,
  },
  {
    ...{ experiment: '=d', ...draw, size: 300, seed: 3, estimate: null, mean_term: null },
    ...{
      trace_reference: null,
      trace_generated: null,
      trace_sqrt: null,
      status: 'failed',
      error: 'too few\nrows',
    },
  },
];
const measured = { experiment: 'a', size: 100, method: 'plug-in', n_draws: 10, n_failed: 0 };
const performanceRows: PerformanceRow[] = [
  { ...measured, measure: 'mean', value: 0.25, mcse: 0.01, lower: 0.2, upper: 0.3 },
  { ...measured, measure: 'bias', value: -1e-9, mcse: null, lower: null, upper: null },
];

/** Rows by splitting at commas and line ends, where no cell is quoted. */
function cells(text: string): string[][] | undefined {
  if (text.includes('"')) return undefined;
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  return lines.filter((line) => line !== '').map((line) => line.split(','));
}

/** Compares numbers and texts of rows with the cells that they were read from. */
function wrongCells(rows: readonly object[], text: string): string | undefined {
  const [header = [], ...records] = cells(text) ?? [];
  if (header.length === 0) return undefined;
  if (records.length !== rows.length) return `${rows.length} rows for ${records.length}`;
  for (const [i, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const cell = records[i]![header.indexOf(name)] ?? '';
      const isSame =
        typeof value === 'number'
          ? Number(cell) === value && cell.trim() !== ''
          : value === null
            ? cell === ''
            : true;
      if (!isSame) return `row ${i + 1}, ${name}: ${value} for '${cell}'`;
    }
  }
  return undefined;
}

const words = [
  ',',
  '"',
  '""',
  '\n',
  '\r\n',
  '\r',
  '0.5',
  'Infinity',
  'NaN',
  '0x10',
  ' 1',
  '1 ',
  '1e999',
];

export const estimates = parser<EstimateRow[]>({
  name: 'estimates.csv',
  thousands: [3, 100],
  files: [estimateRows, estimateRows.slice(0, 1), estimateRows.slice(0, 0)].map((rows) =>
    Buffer.from(estimatesToCsv(rows)),
  ),
  words: [...words, 'ok', 'failed', 'true'],
  read: (bytes) => parseEstimates(bytes.toString()),
  wrong(rows, bytes) {
    if (!isDeepStrictEqual(parseEstimates(estimatesToCsv(rows)), rows)) return 'not stable';
    return wrongCells(rows, bytes.toString());
  },
});

export const performance = parser<PerformanceRow[]>({
  name: 'performance.csv',
  thousands: [3, 100],
  files: [performanceRows, performanceRows.slice(0, 1)].map((rows) =>
    Buffer.from(performanceToCsv(rows)),
  ),
  words: [...words, 'mean', 'bias', 'rmse'],
  read: (bytes) => parsePerformance(bytes.toString()),
  wrong(rows, bytes) {
    if (!isDeepStrictEqual(parsePerformance(performanceToCsv(rows)), rows)) return 'not stable';
    return wrongCells(rows, bytes.toString());
  },
});

export const labels = parser<{ readonly classes: Uint32Array; readonly count: number }>({
  name: 'labels',
  thousands: [2, 80],
  files: [Buffer.from('cat\ndog\ncat\nbird\n'), Buffer.from('1\r\n2\r\n2\r\n1\r\n')],
  words: ['\n', '\r\n', '\r', ' ', 'cat', '\0', '\u2028'],
  read: (bytes) => readLabels(asFile('labels.txt', bytes), 4),
  wrong({ classes, count }, bytes) {
    const lines = bytes
      .toString()
      .split('\n')
      .slice(0, 4)
      .map((line) => line.trim());
    const names = [...new Set(lines)];
    const other = lines.map((line) => names.indexOf(line));
    return count === names.length && isDeepStrictEqual([...classes], other)
      ? undefined
      : `classes ${classes}`;
  },
});
