import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { StudyError } from '../errors.ts';

/** What a CSV file may hold in a field; null is the empty field. */
export type Field = string | number | boolean | null;

/**
 * Rows as CSV with a header line, columns in the given order. Numbers are written with the fewest
 * digits that read back as the same float64, null as the empty field.
 *
 * @throws RangeError for a number that is not finite: a failed draw is null with an error, never NaN
 */
export function toCsv<K extends string>(
  columns: readonly K[],
  rows: readonly Readonly<Record<K, Field>>[],
): string {
  const records = rows.map((row, index) =>
    columns.map((column) => fieldText(row[column], column, index)),
  );
  // A lone carriage return is quoted as well, so that readers that split at CR agree with ours.
  return stringify([[...columns], ...records], { quoted_match: /\r/ });
}

function fieldText(field: Field, column: string, index: number): string {
  if (field === null) return '';
  if (typeof field === 'number' && !Number.isFinite(field)) {
    throw new RangeError(`row ${index + 1}, column ${column}: ${field} is not a finite number`);
  }
  if (typeof field === 'string') return isFormula(field) ? `'${field}` : field;
  return Object.is(field, -0) ? '-0' : String(field);
}

/**
 * Whether a spreadsheet would take a text for a formula and compute it: a name of a file may say
 * `=HYPERLINK(…)`. Such a text is written after an apostrophe, and read without it.
 */
function isFormula(text: string): boolean {
  return /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text);
}

/** A text as it was before it was written. */
export function unescaped(text: string): string {
  return text.startsWith("'") && isFormula(text) ? text.slice(1) : text;
}

/** How to read one kind of file. */
export interface CsvFormat<Row> {
  readonly columns: readonly string[];
  /** Columns that a file may lack; their fields are then read as empty. */
  readonly optional?: readonly string[];
  /** From a record of texts to a row. */
  readonly schema: z.ZodType<Row>;
}

/**
 * Reads CSV text with exactly the format's columns, in its order.
 *
 * @param file path to name in errors
 * @throws StudyError naming file, line and column of the first thing wrong
 */
export function parseCsv<Row>(text: string, format: CsvFormat<Row>, file: string): Row[] {
  const [header, ...records] = lines(text, file);
  if (!header) throw new StudyError(`empty file: ${file}`, 'run the sweep again to write it');
  checkHeader(header.record, format, file);
  return records.map(({ record, info }) => {
    if (record.length !== header.record.length) {
      throw new StudyError(
        `${file}, line ${info.lines}: ${record.length} fields under ${header.record.length} columns`,
        'the file may be cut short; run the sweep again to write it',
      );
    }
    const fields = Object.fromEntries(format.columns.map((column) => [column, '']));
    for (const [i, column] of header.record.entries()) fields[column] = record[i] ?? '';
    const parsed = format.schema.safeParse(fields);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const column = String(issue?.path[0] ?? '');
    throw new StudyError(
      `${file}, line ${info.lines}, column ${column}: ${issue?.message}: '${fields[column] ?? ''}'`,
      'restore the file, or run the sweep again to write it',
    );
  });
}

interface Line {
  readonly record: string[];
  /** `lines` is the 1-based line on which the record ends. */
  readonly info: { readonly lines: number };
}

function lines(text: string, file: string): Line[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === 'number' ? `, line ${error.lines}` : '';
    throw new StudyError(
      `${file}${at}: not valid CSV (${error.message.split('\n')[0]})`,
      'the file may be cut short; run the sweep again to write it',
      { cause: error },
    );
  }
}

function checkHeader(header: readonly string[], format: CsvFormat<unknown>, file: string): void {
  const optional = format.optional ?? [];
  const expected = format.columns.filter((c) => !optional.includes(c) || header.includes(c));
  const length = Math.max(header.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (header[i] === expected[i]) continue;
    throw new StudyError(
      `${file}, line 1, column ${i + 1}: expected '${expected[i] ?? 'no further column'}', found '${header[i] ?? 'nothing'}'`,
      `the columns are ${format.columns.join(',')}`,
    );
  }
}

/** Field readers that the formats share: each takes the text of a field. */
export const field = {
  text: z.string().min(1, 'empty').transform(unescaped),
  textOrNull: z.string().transform((text) => (text === '' ? null : unescaped(text))),
  number: z.string().transform(readNumber),
  numberOrNull: z.string().transform((text, context) => {
    return text === '' ? null : readNumber(text, context);
  }),
  integer: z.string().transform(readInteger),
  integerOrNull: z.string().transform((text, context) => {
    return text === '' ? null : readInteger(text, context);
  }),
  boolean: z
    .enum(['true', 'false'], { error: "neither 'true' nor 'false'" })
    .transform((text) => text === 'true'),
};

/** The number of strict decimal text; `0x10`, ` 1` and `1,5` are refused, unlike by Number(). */
function readNumber(text: string, context: z.RefinementCtx): number {
  const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  context.addIssue({ code: 'custom', message: text === '' ? 'empty' : 'not a number' });
  return z.NEVER;
}

function readInteger(text: string, context: z.RefinementCtx): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  context.addIssue({ code: 'custom', message: text === '' ? 'empty' : 'not a whole number' });
  return z.NEVER;
}
