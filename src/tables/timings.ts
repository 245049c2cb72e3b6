import { toCsv } from './csv.ts';
import { writeWhole } from './files.ts';

/** How long a part of a study took: a row of timings.csv, the one table that differs between runs. */
export interface TimingRow {
  readonly experiment: string;
  /** What was done, and how. */
  readonly what: string;
  /** How many units were processed: images, draws, distances. */
  readonly count: number;
  readonly unit: string;
  readonly seconds: number;
  /** count / seconds */
  readonly rate: number;
}

const COLUMNS = [
  'experiment',
  'what',
  'count',
  'unit',
  'seconds',
  'rate',
] as const satisfies readonly (keyof TimingRow)[];

/** A row with its rate, to three digits: further digits are noise. */
export function timingRow(row: Omit<TimingRow, 'rate'>): TimingRow {
  const digits = (value: number) => Number(value.toPrecision(3));
  return { ...row, seconds: digits(row.seconds), rate: digits(row.count / row.seconds) };
}

/** Writes timings.csv in one piece. @throws StudyError if the path cannot be written */
export async function writeTimings(path: string, rows: readonly TimingRow[]): Promise<void> {
  await writeWhole(path, toCsv(COLUMNS, rows));
}
