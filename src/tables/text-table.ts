import { largestOf } from '../arrays/extremes.ts';

/** A table as text, before it is set for screen, LaTeX or HTML. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Spaces between columns. */
const GAP = '  ';

/**
 * A table for a terminal: a line per row under a ruled header, columns right-aligned by default.
 * Ends without a newline.
 *
 * @param align of the columns, from the left
 */
export function textTable(
  { header, rows }: TextTable,
  align: readonly ('left' | 'right')[] = [],
): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, largestOf(rows.map((cells) => cells[i]?.length ?? 0))),
  );
  const pad = (cell: string, i: number) =>
    align[i] === 'left' ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return [header, widths.map((width) => '─'.repeat(width)), ...rows]
    .map((cells) => cells.map(pad).join(GAP).trimEnd())
    .join('\n');
}
