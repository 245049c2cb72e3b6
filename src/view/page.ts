import { cspHash, pageFile } from '../charts/report/assets.ts';
import { escapeHtml } from '../charts/report/html.ts';

/** A page of `study view`, and the policy that allows what it needs. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** A link at the head of a page. */
export interface NavLink {
  readonly text: string;
  readonly href: string;
}

/**
 * A page around a body of HTML.
 *
 * @param script name of a file of pages/ that it runs, besides that of every report
 */
export function page(title: string, nav: readonly NavLink[], body: string, script?: string): Page {
  const style = pageFile('report.css') + pageFile('view.css');
  const scripts = [pageFile('report.js'), ...(script === undefined ? [] : [pageFile(script)])];
  const links = nav.map(
    ({ text, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`,
  );
  return {
    policy: `default-src 'none'; style-src ${cspHash(style)}; script-src ${scripts.map(cspHash).join(' ')}; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${links.length === 0 ? '' : `<nav aria-label="Where this is">${links.join(' ')}</nav>`}
<main>
${body}
</main>
${scripts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`,
  };
}
