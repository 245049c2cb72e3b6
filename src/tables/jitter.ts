import { z } from 'zod';
import { type CsvFormat, field, parseCsv, toCsv } from './csv.ts';
import { readText, writeWhole } from './files.ts';

/** One measure of one way to extract: a row of jitter.csv. */
export interface JitterRow {
  readonly experiment: string;
  /** In words, such as `2 threads, batches of 1`. */
  readonly variation: string;
  /** What differs from the baseline, joined by `+`: `run`, `threads`, `instructions`, … */
  readonly factor: string;
  readonly run: number;
  readonly provider: string;
  readonly level: string;
  readonly threads: number;
  readonly workers: number;
  readonly batch_size: number;
  readonly instructions: string;
  /** How features were kept: `float32`, or rounded to `float16`. */
  readonly storage: string;
  /** Originals; there are as many copies. */
  readonly images: number;
  readonly measure: string;
  readonly value: number | null;
  /** Value of the baseline. */
  readonly baseline: number | null;
  /** |value − baseline|; for a change of features the value itself. */
  readonly change: number | null;
  /** change / |baseline| */
  readonly relative_change: number | null;
  readonly status: 'ok' | 'skipped';
  readonly error: string | null;
}

export const JITTER_COLUMNS = [
  'experiment',
  'variation',
  'factor',
  'run',
  'provider',
  'level',
  'threads',
  'workers',
  'batch_size',
  'instructions',
  'storage',
  'images',
  'measure',
  'value',
  'baseline',
  'change',
  'relative_change',
  'status',
  'error',
] as const satisfies readonly (keyof JitterRow)[];

/** Writes jitter.csv in one piece. @throws StudyError if the path cannot be written */
export async function writeJitter(path: string, rows: readonly JitterRow[]): Promise<void> {
  await writeWhole(path, toCsv(JITTER_COLUMNS, rows));
}

/** Reads jitter.csv. @throws StudyError if it is missing or damaged */
export async function readJitter(path: string): Promise<JitterRow[]> {
  return parseCsv(await readText(path), FORMAT, path);
}

const FORMAT: CsvFormat<JitterRow> = {
  columns: JITTER_COLUMNS,
  schema: z.object({
    experiment: field.text,
    variation: field.text,
    factor: field.text,
    run: field.integer,
    provider: field.text,
    level: field.text,
    threads: field.integer,
    workers: field.integer,
    batch_size: field.integer,
    instructions: field.text,
    storage: field.text,
    images: field.integer,
    measure: field.text,
    value: field.numberOrNull,
    baseline: field.numberOrNull,
    change: field.numberOrNull,
    relative_change: field.numberOrNull,
    status: z.enum(['ok', 'skipped']),
    error: field.textOrNull,
  }),
};
