import { escapeHtml, linked } from '../charts/report/html.ts';
import type { Listed } from './listing.ts';
import { type Page, page } from './page.ts';

/** The list of results: a click opens one, two boxes put two side by side. */
export function listPage(root: string, results: readonly Listed[]): Page {
  if (results.length === 0) {
    const text = `There is no result in <code>${escapeHtml(root)}</code> yet. Run <code>study sweep</code>, and load this page again.`;
    return page('Results', [], `<h1>Results</h1>\n<p>${text}</p>`);
  }
  const heads = [
    '<th scope="col" class="text" data-fixed><span class="hidden">side by side</span></th>',
    ...['result', 'answer', 'N', 'reference', 'date', 'machine'].map(
      (text) => `<th scope="col" class="text">${text}</th>`,
    ),
  ];
  const body = `<h1>Results in ${escapeHtml(root)}</h1>
<form action="compare" method="get">
<p class="hint">Tick two results to put them <button>side by side</button>. A click on a column sorts.</p>
<div class="scroll tall" tabindex="0" role="region" aria-label="Results">
<table class="list">
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${results.map(row).join('\n')}
</tbody>
</table>
</div>
</form>`;
  return page('Results', [], body);
}

function row(each: Listed): string {
  const { path, kind, isFinished, title, answer, sizes, reference, date, machine } = each;
  const name = escapeHtml(path || '.');
  const href = escapeHtml(hrefOf(each));
  const state = isFinished ? '' : ' <strong>under way</strong>';
  const box = isFinished
    ? `<input type="checkbox" name="of" value="${escapeHtml(path)}" aria-label="${name}">`
    : '';
  const cells = [
    box,
    `<a href="${href}">${escapeHtml(title)}</a>${state}<br><span class="hint">${escapeHtml(kind)} in ${name}</span>`,
    linked(answer[0] ?? '–'),
    escapeHtml(sizes || '–'),
    escapeHtml(reference || '–'),
    escapeHtml(date.slice(0, 16).replace('T', ' ')),
    escapeHtml(machine || '–'),
  ];
  return `<tr>${cells.map((cell) => `<td class="text">${cell}</td>`).join('')}</tr>`;
}

/** Where a result is shown: its report, or its draws so far. */
export function hrefOf({ path, isFinished }: Pick<Listed, 'path' | 'isFinished'>): string {
  return `${isFinished ? 'report' : 'follow'}?of=${encodeURIComponent(path)}`;
}
