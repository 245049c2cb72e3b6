import { reportAssets } from './assets.ts';
import { escapeHtml, linked } from './html.ts';
import { type ReportTable, tableHtml } from './table.ts';

/** A setting or fact that the report lists. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A chart in a page. */
export interface ReportChart {
  /** With tooltips, as `toLiveSvg` draws it; inserted as it is. */
  readonly svg: string;
  readonly caption: string;
  /** Series of its key, each with the indices of its layers. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** A file that a reader can take from the page. */
export interface Download {
  readonly name: string;
  /** `data:` with the file itself, or its name if it is too large to be in the page. */
  readonly href: string;
}

/** What report.html shows, from top to bottom. */
export interface Report {
  readonly title: string;
  /** What was asked, in a sentence. */
  readonly asked: string;
  /** The answer in a sentence, then what else was found. */
  readonly answer: readonly string[];
  readonly charts: readonly ReportChart[];
  /** The first is shown, the others are folded. */
  readonly tables: readonly ReportTable[];
  readonly notes: readonly string[];
  /** The experiment's ADEMP header, if it has one. */
  readonly header: readonly Fact[];
  readonly facts: readonly Fact[];
  readonly downloads: readonly Download[];
  /** Links at the head of the page. */
  readonly nav?: readonly { readonly text: string; readonly href: string }[];
}

/** report.html: one page that makes no request, whose charts show without its script. */
export function reportHtml(report: Report): string {
  const title = escapeHtml(report.title);
  const { style, script, policy } = reportAssets();
  const parts = [
    ...(report.nav ?? []).map(({ text, href }) => {
      return `<p><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></p>`;
    }),
    `<h1>${title}</h1>`,
    `<p class="asked">${linked(report.asked)}</p>`,
    answer(report.answer),
    charts(report.charts),
    tables(report.tables),
    list('Notes', 'notes', report.notes),
    facts(report),
    files(report.downloads),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
<script>${script}</script>
</body>
</html>
`;
}

function answer([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  const rest = more.map((line) => `<li>${linked(line)}</li>`).join('\n');
  const below = more.length === 0 ? '' : `\n<ul class="more">\n${rest}\n</ul>`;
  return `<p class="answer">${linked(first)}</p>${below}`;
}

function charts(all: readonly ReportChart[]): string {
  if (all.length === 0) return '';
  return `<section class="charts" aria-label="Charts">
${all.map(figure).join('\n')}
</section>
<p class="hint">Point at a mark, or press Tab and then the arrow keys, to read its values. Shift and the wheel zoom, a double click goes back. In a chart of several sets a click on the key shows one alone.</p>`;
}

/** A chart in its frame. */
export function figure({ svg, caption, series }: ReportChart): string {
  const keys =
    Object.keys(series).length > 1 ? ` data-series="${escapeHtml(JSON.stringify(series))}"` : '';
  const named = svg.replace(
    /^<svg /,
    `<svg role="graphics-document" aria-label="${escapeHtml(caption)}" `,
  );
  return `<figure${keys}>${named}</figure>`;
}

function tables(all: readonly ReportTable[]): string {
  return all
    .map((each, i) => {
      const name = escapeHtml(each.name);
      const html = tableHtml(each);
      return i === 0
        ? `<h2>${name}</h2>\n${html}`
        : `<details>\n<summary>${name}</summary>\n${html}\n</details>`;
    })
    .join('\n');
}

function list(title: string, kind: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${title}</h2>
<ul class="${kind}">
${lines.map((line) => `<li>${linked(line)}</li>`).join('\n')}
</ul>`;
}

function facts({ header, facts: all }: Report): string {
  const asked =
    header.length === 0
      ? ''
      : `<details>\n<summary>The question and the method (ADEMP)</summary>\n${definitions(header)}\n</details>`;
  return `<h2>How it was made</h2>\n${definitions(all)}\n${asked}`;
}

function definitions(all: readonly Fact[]): string {
  const each = ({ label, value }: Fact) => `<dt>${escapeHtml(label)}</dt><dd>${linked(value)}</dd>`;
  return `<dl>\n${all.map(each).join('\n')}\n</dl>`;
}

function files(all: readonly Download[]): string {
  if (all.length === 0) return '';
  const each = ({ name, href }: Download) => {
    const shown = escapeHtml(name);
    return `<li><a download="${shown}" href="${escapeHtml(href)}">${shown}</a></li>`;
  };
  return `<h2>Files</h2>\n<ul class="files">\n${all.map(each).join('\n')}\n</ul>`;
}
