import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../src/charts/report.ts';
import { SHAPES } from './fixtures.ts';

const report = {
  title: 'FID & <N>',
  summary: 'at 5,000 images this FID is 5.2 too high',
  performance: SHAPES.pair.performance,
  published: SHAPES.pair.published,
  charts: [{ svg: '<svg id="one"></svg>', caption: 'a "quoted" caption' }],
  facts: [{ label: 'command', value: "study sweep --out '<x>'" }],
};

describe('the report', () => {
  const html = reportHtml(report);

  it('escapes every text, and takes the charts as they are', () => {
    expect(html).toContain('<h1>FID &amp; &lt;N&gt;</h1>');
    expect(html).toContain('aria-label="a &quot;quoted&quot; caption"><svg id="one"></svg>');
    expect(html).toContain('<dd>study sweep --out &#39;&lt;x&gt;&#39;</dd>');
  });

  it('makes no request to a server', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(script|link|img|iframe)|src=|href=|url\(|@import/);
  });

  it('shows the performance table with published values', () => {
    expect(html.match(/<th scope="col">/g)).toHaveLength(7);
    expect(html).toContain('<td>9.75</td>');
  });
});
