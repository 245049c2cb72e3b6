/** The text of a cell without a number. */
const NONE = '—';

/** Three significant digits, without exponents. */
export function figure(value, unit = '') {
  if (value === undefined || value === null || !Number.isFinite(value)) return NONE;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 4)) + (unit && ` ${unit}`);
}

export function seconds(value) {
  return value < 0.1 ? figure(1000 * value, 'ms') : figure(value, 's');
}

/** How many times `ours` fits into `theirs`. */
export function times(theirs, ours) {
  return figure(theirs / ours, '×');
}

/**
 * A part of the report: a title, what was measured, a table (rows are objects of cells by heading), and
 * notes.
 *
 * @typedef {{ title: string, what?: string, rows: Record<string, string | number>[], notes?: string[] }} Part
 */

/** @param {Part} part @returns {string} Markdown */
export function markdown({ title, what, rows, notes = [] }) {
  const headings = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => headings.map((heading) => String(row[heading] ?? NONE)));
  const widths = headings.map((heading, i) =>
    Math.max(3, heading.length, ...cells.map((line) => line[i].length)),
  );
  // The first column names the row; the others are numbers.
  const line = (values) =>
    `| ${values.map((value, i) => (i ? value.padStart(widths[i]) : value.padEnd(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => `${'-'.repeat(width + 1)}${i ? ':' : '-'}`).join('|')}|`;
  const table = rows.length > 0 ? [line(headings), rule, ...cells.map(line), ''] : [];
  return [
    `## ${title}`,
    '',
    ...(what ? [what, ''] : []),
    ...table,
    ...notes.flatMap((note) => [note, '']),
  ].join('\n');
}
