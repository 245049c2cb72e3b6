import type { PublishedPoint } from '../tables/estimand.ts';
import type { PerformanceRow } from '../tables/rows.ts';
import { performanceSummary } from '../tables/summary.ts';

/** A setting or fact that the report lists. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What report.html shows, from top to bottom. */
export interface Report {
  readonly title: string;
  /** One sentence that says what the numbers mean. */
  readonly summary: string;
  readonly performance: readonly PerformanceRow[];
  readonly published: readonly PublishedPoint[];
  /** What the FIDs are measured against, with its number of images. */
  readonly reference?: string | undefined;
  /** SVG texts, inserted as they are, with captions. */
  readonly charts: readonly { readonly svg: string; readonly caption: string }[];
  readonly facts: readonly Fact[];
}

/** report.html: one page without other files or requests to a server. */
export function reportHtml(report: Report): string {
  const title = escapeHtml(report.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p class="summary">${escapeHtml(report.summary)}</p>
<section class="charts">
${report.charts.map(figure).join('\n')}
</section>
<h2>Performance</h2>
<div class="scroll">
${table(report)}
</div>
<p class="note">${against(report)}MCSE: Monte-Carlo standard error; values are rounded to it.</p>
<h2>How it was made</h2>
<dl>
${report.facts.map(fact).join('\n')}
</dl>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8d8d8, #444); --soft: light-dark(#555, #aaa); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.summary { font-size: 1.05rem; max-width: 46rem; }
.note { color: var(--soft); font-size: .85rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
figure { margin: 0; background: white; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; }
figure svg { display: block; max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .75rem; white-space: nowrap; }
thead th { border-bottom: 1px solid; font-weight: 600; }
tbody tr + tr td { border-top: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
`;

function figure({ svg, caption }: Report['charts'][number]): string {
  return `<figure role="img" aria-label="${escapeHtml(caption)}">${svg}</figure>`;
}

function table({ performance, published }: Report): string {
  const { header, rows } = performanceSummary(performance, published, 'plus-minus');
  const line = (cells: readonly string[]) => `<tr>${cells.join('')}</tr>`;
  return [
    '<table>',
    `<thead>${line(header.map((text) => `<th scope="col">${escapeHtml(text)}</th>`))}</thead>`,
    '<tbody>',
    ...rows.map((row) => line(row.map((text) => `<td>${escapeHtml(text)}</td>`))),
    '</tbody>',
    '</table>',
  ].join('\n');
}

function against({ reference }: Report): string {
  return reference === undefined ? '' : `Reference: ${escapeHtml(reference)}. `;
}

function fact({ label, value }: Fact): string {
  return `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
