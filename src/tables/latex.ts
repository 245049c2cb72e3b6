import type { PerformanceRow } from './rows.ts';
import { type PublishedValue, performanceSummary } from './summary.ts';

/**
 * performance.tex: a booktabs `tabular` to `\input` into a paper's table, with values (Monte-Carlo
 * standard errors) and no digit finer than the error. Needs `\usepackage{booktabs}`.
 *
 * @param rows long form, as in performance.csv
 * @param published values to compare a source with, if any
 * @param reference what the FIDs are measured against, set below the table
 */
export function performanceTable(
  rows: readonly PerformanceRow[],
  published: readonly PublishedValue[] = [],
  reference?: string,
): string {
  const { header, rows: body } = performanceSummary(rows, published, 'parentheses');
  return [
    '% value (Monte-Carlo standard error); needs \\usepackage{booktabs}',
    `\\begin{tabular}{${'r'.repeat(header.length)}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...body.map(line),
    '\\bottomrule',
    ...(reference === undefined
      ? []
      : [
          `\\multicolumn{${header.length}}{l}{\\footnotesize reference: ${escapeLatex(reference)}} \\\\`,
        ]),
    '\\end{tabular}',
    '',
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(' & ')} \\\\`;
}

function cell(text: string): string {
  if (text === '–') return '--';
  // A negative number needs math mode for a minus sign instead of a hyphen.
  return escapeLatex(text).replace(/^-(\d[\d.]*(?:e[+-]?\d+)?)/, '$-$1$');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

function escapeLatex(text: string): string {
  return text.replace(/[\\~^&%$#_{}]/g, (char) => ESCAPES[char] ?? `\\${char}`);
}
