import { escapeHtml } from '../src/charts/report/html.ts';
import { draw } from './show.ts';

interface Finding {
  readonly name: string;
  readonly asked: string;
  readonly answer: readonly string[];
  readonly charts: readonly string[];
}

let isShown = false;

/** What the studies found; a chart is drawn when it comes into view. */
export async function showFindings(into: HTMLElement): Promise<void> {
  if (isShown) return;
  isShown = true;
  const findings: Finding[] = await (await fetch('findings.json')).json();
  into.innerHTML = findings.map(sectionOf).join('\n');
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      void drawFrom(target as HTMLElement);
    }
  });
  for (const figure of into.querySelectorAll('figure')) seen.observe(figure);
}

function sectionOf({ name, asked, answer, charts }: Finding): string {
  const [first, ...more] = answer;
  const rest = more.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return `<section>
<h3 id="${escapeHtml(name)}">${escapeHtml(name)}</h3>
<p class="asked">${escapeHtml(asked)}</p>
${first === undefined ? '' : `<p class="answer">${escapeHtml(first)}</p>`}
${rest ? `<details><summary>More</summary><ul>${rest}</ul></details>` : ''}
<div class="charts">${charts.map((path) => `<figure data-spec="${escapeHtml(path)}"></figure>`).join('')}</div>
</section>`;
}

async function drawFrom(figure: HTMLElement): Promise<void> {
  await draw(figure, await (await fetch(figure.dataset.spec!)).json());
}
