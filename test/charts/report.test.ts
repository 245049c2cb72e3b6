import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cspHash } from '../../src/charts/report/assets.ts';
import { reportOfFolder, writeReport } from '../../src/charts/report/folder.ts';
import { linked } from '../../src/charts/report/html.ts';
import { reportHtml } from '../../src/charts/report/report.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { manifestOf, resultsOf } from '../results/read.ts';

const report = {
  title: 'FID & <N>',
  asked: 'Is <b>it</b> biased? See https://example.org/a?b=1&c=2.',
  answer: ['at 5,000 images this FID is 5.2 too high', 'and "more"'],
  charts: [
    { svg: '<svg id="one"></svg>', caption: 'a "quoted" caption', series: { 'a"': [1], b: [2] } },
  ],
  tables: [{ name: 'Performance', header: ['size', 'how'], rows: [['5,000', '<i>']] }],
  notes: ['one note'],
  header: [{ label: 'aims', value: 'to <see>' }],
  facts: [{ label: 'command', value: "study sweep --out '<x>'" }],
  downloads: [{ name: 'a.csv', href: 'data:text/csv;base64,eA==' }],
};

describe('the report', () => {
  const html = reportHtml(report);

  it('escapes every text, and takes the charts as they are', () => {
    expect(html).toContain('<h1>FID &amp; &lt;N&gt;</h1>');
    expect(html).toContain('Is &lt;b&gt;it&lt;/b&gt; biased?');
    expect(html).toContain('aria-label="a &quot;quoted&quot; caption" id="one"></svg>');
    expect(html).toContain('data-series="{&quot;a\\&quot;&quot;:[1],&quot;b&quot;:[2]}"');
    expect(html).toContain('<dd>study sweep --out &#39;&lt;x&gt;&#39;</dd>');
    expect(html).toContain('&lt;i&gt;');
  });

  it('loads nothing, and runs no script but its own', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    const [, script] = /<script>([\s\S]*)<\/script>/.exec(html)!;
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(html)!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${cspHash(script!)}`);
    expect(policy).toContain(`style-src ${cspHash(style!)}`);
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<(link|img|iframe)| src=|url\(|@import/);
    expect(html).not.toMatch(/ on\w+=| style=/);
  });

  it('links web addresses, and nothing else', () => {
    expect(linked('see https://a.org/x, or javascript:alert(1)')).toBe(
      'see <a href="https://a.org/x" rel="noreferrer">https://a.org/x</a>, or javascript:alert(1)',
    );
  });
});

describe('the report of a folder', () => {
  const folder = join(temporaryFolder(), 'sweep');
  let html: string;
  beforeAll(async () => {
    cpSync(resultsOf('cifar10-cfm'), folder, { recursive: true });
    html = readFileSync(await writeReport(folder), 'utf8');
  });

  it('begins with the question and the answer', () => {
    const { summary, settings, title } = manifestOf(folder);
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html.indexOf(settings.header.aims.slice(0, 40))).toBeGreaterThan(0);
    expect(html).toContain(`<p class="answer">${summary}`);
  });

  it('has every FID of the CSV in the charts, with all digits', () => {
    const [head, ...lines] = readFileSync(join(folder, 'estimates.csv'), 'utf8').trim().split('\n');
    const column = head!.split(',').indexOf('estimate');
    for (const line of lines) expect(html).toContain(`FID: ${line.split(',')[column]}"`);
  });

  it('has the performance table with published values', () => {
    expect(html).toContain('<td>9.75</td>');
    expect(html).toContain('Monte-Carlo standard error');
  });

  it('holds its files, byte for byte', () => {
    const links = [...html.matchAll(/<a download="([^"]+)" href="data:[^,]+;base64,([^"]*)"/g)];
    expect(links.map(([, name]) => name)).toEqual([
      'estimates.csv',
      'performance.csv',
      'bias-and-se.vl.json',
      'fid-against-inverse-n.vl.json',
      'fid-against-n.vl.json',
      'performance.tex',
      'manifest.json',
    ]);
    for (const [, name, text] of links) {
      expect(Buffer.from(text!, 'base64').equals(readFileSync(join(folder, name!)))).toBe(true);
    }
  });

  it('is the same text each time', async () => {
    expect(await reportOfFolder(folder)).toBe(html);
  });

  it('loads nothing that a chart names', async () => {
    const path = join(folder, 'fid-against-n.vl.json');
    const spec = JSON.parse(readFileSync(path, 'utf8'));
    spec.layer[2].data = { url: 'file:///etc/hostname', format: { type: 'csv' } };
    writeFileSync(path, JSON.stringify(spec));
    const found = await reportOfFolder(folder);
    expect(found).not.toContain(readFileSync('/etc/hostname', 'utf8').trim());
    cpSync(join(resultsOf('cifar10-cfm'), 'fid-against-n.vl.json'), path);
  });

  it('says what is wrong with a folder that has no manifest', async () => {
    rmSync(join(folder, 'manifest.json'));
    await expect(reportOfFolder(folder)).rejects.toThrow('manifest.json');
  });
});
