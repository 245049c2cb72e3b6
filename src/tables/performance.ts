import { z } from 'zod';
import { type CsvFormat, field, parseCsv, toCsv } from './csv.ts';
import { readText, writeWhole } from './files.ts';
import { metricField, ofMetrics, withMetric } from './metric-column.ts';
import type { Measure, PerformanceRow } from './rows.ts';

/** Column order of performance.csv, one row per size, method and measure. */
export const PERFORMANCE_COLUMNS = [
  'experiment',
  'size',
  'metric',
  'method',
  'measure',
  'n_draws',
  'n_failed',
  'value',
  'mcse',
  'lower',
  'upper',
] as const satisfies readonly (keyof PerformanceRow)[];

/** The text of performance.csv. @throws RangeError for a number that is not finite */
export function performanceToCsv(rows: readonly PerformanceRow[]): string {
  return toCsv(ofMetrics(PERFORMANCE_COLUMNS, rows), rows.map(withMetric));
}

/** Rows of the text of performance.csv. @throws StudyError naming `file`, line and column */
export function parsePerformance(text: string, file = 'performance.csv'): PerformanceRow[] {
  return parseCsv(text, FORMAT, file);
}

/** Writes performance.csv in one piece. @throws StudyError if the path cannot be written */
export async function writePerformance(
  path: string,
  rows: readonly PerformanceRow[],
): Promise<void> {
  await writeWhole(path, performanceToCsv(rows));
}

/** Reads performance.csv. @throws StudyError if it is missing or damaged */
export async function readPerformance(path: string): Promise<PerformanceRow[]> {
  return parsePerformance(await readText(path), path);
}

/** Every measure: the compiler complains if one is added to the type only. */
const MEASURES: Readonly<Record<Measure, Measure>> = {
  mean: 'mean',
  bias: 'bias',
  empirical_se: 'empirical_se',
  empirical_se_corrected: 'empirical_se_corrected',
  variance: 'variance',
  rmse: 'rmse',
  mse: 'mse',
};

const count = field.integer.refine((value) => value >= 0, 'negative');
const error = field.numberOrNull.refine((value) => value === null || value >= 0, 'negative');

const FORMAT: CsvFormat<PerformanceRow> = {
  columns: PERFORMANCE_COLUMNS,
  optional: ['metric'],
  schema: z.object({
    experiment: field.text,
    size: field.integer.refine((size) => size > 0, 'not a positive number'),
    metric: metricField,
    method: field.text,
    measure: z.enum(MEASURES, { error: 'unknown measure' }),
    n_draws: count,
    n_failed: count,
    value: field.numberOrNull,
    mcse: error,
    lower: field.numberOrNull,
    upper: field.numberOrNull,
  }),
};
