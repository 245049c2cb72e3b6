import { readFileSync } from 'node:fs';
import * as tslab from 'tslab';

/** Shows a chart that an experiment left: interactive where Vega-Lite is known, else its PNG. */
export function chart(folder: string, name: string): void {
  const path = `../results/${folder}/${name}`;
  tslab.display.raw('application/vnd.vegalite.v5+json', readFileSync(`${path}.vl.json`, 'utf8'));
  tslab.display.png(readFileSync(`${path}.png`));
}

/** Shows rows as a table: one column for each entry of `columns`, a title and how to write a field. */
export function table<Row>(
  rows: readonly Row[],
  columns: Record<string, (row: Row) => string>,
): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const titles = Object.keys(columns);
  const body = rows.map((row) => line(titles.map((title) => columns[title](row))));
  const rule = titles.map((_, i) => (i === 0 ? '---' : '---:'));
  tslab.display.markdown([line(titles), line(rule), ...body].join('\n'));
}
