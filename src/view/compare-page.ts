import { chartsOfFolder } from '../charts/report/folder.ts';
import { escapeHtml, linked } from '../charts/report/html.ts';
import { figure } from '../charts/report/report.ts';
import { wordsOf } from '../charts/report/words.ts';
import { type Difference, differences } from '../provenance/differences.ts';
import { effectKinds, headings } from '../provenance/effects.ts';
import type { Manifest } from './listing.ts';
import { type Page, page } from './page.ts';

/** One of two results. */
export interface Compared {
  readonly path: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Two results side by side: their answers and charts, and what differs, with what it can do to FID. */
export async function comparePage(a: Compared, b: Compared): Promise<Page> {
  const found = differences(a.manifest, b.manifest);
  const both = [a, b];
  const charts = await Promise.all(both.map(({ folder }) => chartsOfFolder(folder)));
  const names = [...new Set(charts.flatMap((each) => Object.keys(each)))].sort();
  const rows = names.map((name) => {
    const cells = charts.map((each) =>
      each[name] ? figure(each[name]) : `<p class="hint">no ${escapeHtml(name)}</p>`,
    );
    return `<h2>${escapeHtml(name)}</h2>\n<div class="pair">${cells.join('\n')}</div>`;
  });
  const body = `<h1>Side by side</h1>
<div class="pair">
${both.map(column).join('\n')}
</div>
<h2>What differs</h2>
${found.length === 0 ? '<p>Nothing: the two manifests say the same.</p>' : differencesTable(found)}
${rows.join('\n')}`;
  return page('Side by side', [{ text: 'All results', href: './' }], body);
}

function column({ path, manifest }: Compared): string {
  const { title, answer } = wordsOf(manifest);
  const href = escapeHtml(`report?of=${encodeURIComponent(path)}`);
  return `<section>
<h2><a href="${href}">${escapeHtml(title)}</a></h2>
<p class="hint">${escapeHtml(path || '.')}</p>
${answer.map((line) => `<p>${linked(line)}</p>`).join('\n')}
</section>`;
}

function differencesTable(found: readonly Difference[]): string {
  const parts = effectKinds.flatMap((kind) => {
    const own = found.filter(({ effect }) => effect.kind === kind);
    if (own.length === 0) return [];
    const rows = own.map(({ path, a, b, effect }) => {
      const cells = [path, short(a), short(b), effect.reason];
      return `<tr>${cells.map((text) => `<td class="text">${escapeHtml(text)}</td>`).join('')}</tr>`;
    });
    const head = ['value', 'left', 'right', 'why'];
    return [
      `<h3>${escapeHtml(headings[kind])}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(headings[kind])}">
<table>
<thead><tr>${head.map((text) => `<th scope="col" class="text">${text}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`,
    ];
  });
  return parts.join('\n');
}

/** Characters of a value that a cell shows. */
const LONGEST = 80;

function short(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
