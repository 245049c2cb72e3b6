import { escapeHtml, linked } from '../src/charts/report/html.ts';
import { tableHtml } from '../src/charts/report/table.ts';
import type { Answer } from './answer.ts';

/** pages/report.js, which the page loads before this. */
declare function liven(figure: Element, svg: Element): void;
declare function makeSortable(table: Element): void;

/** Puts an answer into its section. The chart follows when the code that draws it is there. */
export function show(
  into: HTMLElement,
  { lines, notes = [], why = [], table, chart, command }: Answer,
) {
  const [first = '', ...more] = lines;
  into.innerHTML = [
    `<p class="answer" role="status">${escapeHtml(first)}</p>`,
    ...more.map(
      (line) => `<p>${escapeHtml(line.replace('(--explain lists them)', '(listed below)'))}</p>`,
    ),
    chart ? '<figure></figure>' : '',
    table ? tableHtml({ name: 'What N images buy', ...table }) : '',
    notes.length > 0
      ? `<ul class="notes">${notes.map((note) => `<li>${linked(note)}</li>`).join('')}</ul>`
      : '',
    why.length > 0
      ? `<details><summary>Why: sources and arithmetic</summary><pre tabindex="0">${linked(why.join('\n'))}</pre></details>`
      : '',
    command
      ? `<p class="hint">The same on the command line: <code>npx fid-${escapeHtml(command)}</code></p>`
      : '',
  ].join('\n');
  for (const each of into.querySelectorAll('table')) makeSortable(each);
  if (chart) void draw(into.querySelector('figure')!, chart);
}

export function showError(into: HTMLElement, message: string, hint: string): void {
  into.innerHTML = `<p class="wrong" role="status">${escapeHtml(message)}<br><span class="hint">${escapeHtml(hint)}</span></p>`;
}

/** Draws a chart; what draws is loaded with the first one. */
export async function draw(figure: Element, spec: object): Promise<void> {
  const { toLiveSvg } = await import('../src/charts/live-svg.ts');
  const { seriesOf } = await import('../src/charts/interaction.ts');
  const { description = '' } = spec as { readonly description?: string };
  const svg = await toLiveSvg(spec as Parameters<typeof toLiveSvg>[0]);
  figure.innerHTML = svg.replace(
    /^<svg /,
    `<svg role="graphics-document" aria-label="${escapeHtml(description)}" `,
  );
  const series = seriesOf(spec as Parameters<typeof seriesOf>[0]);
  if (Object.keys(series).length > 1) figure.setAttribute('data-series', JSON.stringify(series));
  const drawn = figure.querySelector('svg');
  if (drawn) liven(figure, drawn);
}
