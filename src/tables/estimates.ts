import { z } from 'zod';
import { type CsvFormat, field, parseCsv, toCsv } from './csv.ts';
import { readText, writeWhole } from './files.ts';
import { metricField, ofMetrics, withMetric } from './metric-column.ts';
import type { EstimateRow } from './rows.ts';

/** Column order of estimates.csv, one row per draw. */
export const ESTIMATE_COLUMNS = [
  'experiment',
  'source',
  'size',
  'seed',
  'pool',
  'replacement',
  'metric',
  'method',
  'estimate',
  'mean_term',
  'trace_reference',
  'trace_generated',
  'trace_sqrt',
  'seconds',
  'status',
  'error',
] as const satisfies readonly (keyof EstimateRow)[];

export interface EstimatesOptions {
  /** False leaves out `seconds`, so that two runs of one manifest give the same bytes. */
  readonly timings?: boolean;
}

/** The text of estimates.csv. @throws RangeError for a number that is not finite */
export function estimatesToCsv(
  rows: readonly EstimateRow[],
  { timings = true }: EstimatesOptions = {},
): string {
  const columns = ofMetrics(ESTIMATE_COLUMNS, rows);
  return toCsv(
    timings ? columns : columns.filter((column) => column !== 'seconds'),
    rows.map(withMetric),
  );
}

/** Rows of the text of estimates.csv. @throws StudyError naming `file`, line and column */
export function parseEstimates(text: string, file = 'estimates.csv'): EstimateRow[] {
  return parseCsv(text, FORMAT, file);
}

/** Writes estimates.csv in one piece. @throws StudyError if the path cannot be written */
export async function writeEstimates(
  path: string,
  rows: readonly EstimateRow[],
  options?: EstimatesOptions,
): Promise<void> {
  await writeWhole(path, estimatesToCsv(rows, options));
}

/** Reads estimates.csv. @throws StudyError if it is missing or damaged */
export async function readEstimates(path: string): Promise<EstimateRow[]> {
  return parseEstimates(await readText(path), path);
}

const FORMAT: CsvFormat<EstimateRow> = {
  columns: ESTIMATE_COLUMNS,
  optional: ['metric', 'seconds'],
  schema: z
    .object({
      experiment: field.text,
      source: field.text,
      size: field.integer.refine((size) => size > 0, 'not a positive number'),
      seed: field.integer,
      pool: field.integerOrNull,
      replacement: field.boolean,
      metric: metricField,
      method: field.text,
      estimate: field.numberOrNull,
      mean_term: field.numberOrNull,
      trace_reference: field.numberOrNull,
      trace_generated: field.numberOrNull,
      trace_sqrt: field.numberOrNull,
      seconds: field.numberOrNull,
      status: z.enum(['ok', 'failed'], { error: "neither 'ok' nor 'failed'" }),
      error: field.textOrNull,
    })
    .refine((row) => row.status === 'failed' || row.estimate !== null, {
      path: ['estimate'],
      error: 'empty in a draw whose status is ok',
    }),
};
