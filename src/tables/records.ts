import { parse } from 'csv-parse/sync';
import { StudyError } from '../errors.ts';
import { type Field, unescaped } from './csv.ts';
import { readText } from './files.ts';

/** A line of a table, by its columns: numbers and truth values as such, an empty field as null. */
export type TableRecord = Readonly<Record<string, Field>>;

/**
 * Reads any table that a command has written, whatever its columns: for notebooks and further work.
 *
 * @param path a .csv with a header line
 * @throws StudyError if the file is missing, or its lines differ in length
 */
export async function readRecords(path: string): Promise<TableRecord[]> {
  const text = await readText(path);
  try {
    const records: Record<string, string>[] = parse(text, { bom: true, columns: true });
    return records.map((record) =>
      Object.fromEntries(Object.entries(record).map(([column, value]) => [column, typed(value)])),
    );
  } catch (error) {
    throw new StudyError(
      `${path}: not valid CSV (${(error as Error).message.split('\n')[0]})`,
      'the file may be cut short; write it again',
      { cause: error },
    );
  }
}

function typed(text: string): Field {
  if (text === '') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : unescaped(text);
}
