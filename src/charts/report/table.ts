import type { Field } from '../../tables/csv.ts';
import type { TextTable } from '../../tables/text-table.ts';
import { escapeHtml } from './html.ts';

/** A table of a report; a click on a column sorts it. */
export interface ReportTable extends TextTable {
  readonly name: string;
  /** Under the table. */
  readonly note?: string;
}

/** Rows of a table that a page holds: more are for the CSV. */
const MOST_ROWS = 100;
/** Significant digits in a page; the CSV has all. */
const DIGITS = 6;

/** A table of a CSV as a page shows it. */
export function tableOfRecords(
  name: string,
  records: readonly Readonly<Record<string, Field>>[],
): ReportTable {
  const header = Object.keys(records[0] ?? {});
  const rows = records
    .slice(0, MOST_ROWS)
    .map((record) => header.map((column) => shown(record[column] ?? null)));
  const note =
    records.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${records.length} rows. ` : '';
  return { name, header, rows, note: `${note}Rounded to ${DIGITS} digits; the file has all.` };
}

function shown(value: Field): string {
  if (value === null) return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(DIGITS)));
}

export function tableHtml({ name, header, rows, note }: ReportTable): string {
  const isText = header.map((_, column) =>
    rows.every((row) => !/\d|–/.test(row[column]?.[0] ?? '')),
  );
  const kind = (column: number) => (isText[column] ? ' class="text"' : '');
  const heads = header.map((text, i) => `<th scope="col"${kind(i)}>${escapeHtml(text)}</th>`);
  const lines = rows.map((row) => {
    return `<tr>${row.map((text, i) => `<td${kind(i)}>${escapeHtml(text)}</td>`).join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}">
<table>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
</table>
</div>${note === undefined ? '' : `\n<p class="hint">${escapeHtml(note)}</p>`}`;
}
