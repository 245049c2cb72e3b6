import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/charts/report/folder.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { resultsOf } from '../results/read.ts';
import { expectNarrow, lacksBrowser, launch, look, open, seriousFindings } from './chromium.ts';

/** Folders with charts of every kind. */
const NAMES = [
  'cifar10-cfm',
  'moments',
  'cause',
  'cifar10-real',
  'jitter',
  'estimators',
  'practice',
  'published-pairs',
];

const LOOKED_AT = ['cifar10-cfm', 'cifar10-real'];

describe.skipIf(lacksBrowser())('a report, opened from disk', () => {
  const root = temporaryFolder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    for (const name of NAMES) {
      cpSync(resultsOf(name), join(root, name), { recursive: true });
      await writeReport(join(root, name));
    }
  });
  afterAll(() => browser?.close());
  const urlOf = (name: string) => pathToFileURL(join(root, name, 'report.html')).href;
  const opened = (name: string, options = {}) => open(browser, urlOf(name), [urlOf(name)], options);

  it.each(NAMES)(
    'of %s has no error, asks nobody, and has no serious finding of axe',
    async (name) => {
      const { page, context, wrong } = await opened(name);
      if (LOOKED_AT.includes(name)) await look(page, `report-${name}`);
      else await expectNarrow(page, name);
      expect(await seriousFindings(page)).toEqual([]);
      expect(wrong).toEqual([]);
      await context.close();
    },
  );

  it('shows on a mark the FID that the CSV has, by pointer and by keys', async () => {
    const { page, context } = await opened('cifar10-cfm');
    const [head, ...lines] = readFileSync(join(root, 'cifar10-cfm', 'estimates.csv'), 'utf8')
      .trim()
      .split('\n');
    const column = (name: string) => head!.split(',').indexOf(name);
    const [size, seed, fid] = ['size', 'seed', 'estimate'].map((name) => {
      return lines[3]!.split(',')[column(name)]!;
    });
    const text = `N: ${Number(size).toLocaleString('en')}; seed: ${seed}; FID: ${fid}`;
    const figure = page.locator('figure').first();
    // Dots of draws lie close together: the mark itself is asked, not what lies over it.
    await figure.locator(`[data-tip="${text}"]`).dispatchEvent('pointerover');
    expect(await figure.locator('.tip').innerText()).toBe(text.replaceAll('; ', '\n'));
    await page.keyboard.press('Tab');
    await figure.locator('svg').focus();
    await page.keyboard.press('ArrowRight');
    const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await figure.locator('.tip').innerText()).toBe(label!.replaceAll('; ', '\n'));
    await page.keyboard.press('Escape');
    expect(await figure.locator('.tip').isHidden()).toBe(true);
    await context.close();
  });

  it('shows a tooltip under a real pointer', async () => {
    const { page, context } = await opened('cifar10-cfm');
    const mark = page.locator('figure').first().locator('path[data-tip^="N: 50,000; published"]');
    await mark.scrollIntoViewIfNeeded();
    await mark.hover({ force: true });
    // The mean lies on the published value.
    expect(await page.locator('.tip:visible').innerText()).toMatch(/^N: 50,000\n/);
    await context.close();
  });

  it('gives its files, byte for byte', async () => {
    const { page, context } = await opened('cifar10-cfm');
    const links = page.locator('.files a');
    expect(await links.count()).toBe(7);
    for (const link of await links.all()) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      const name = await link.innerText();
      expect(download.suggestedFilename()).toBe(name);
      const bytes = readFileSync((await download.path())!);
      expect(bytes.equals(readFileSync(join(root, 'cifar10-cfm', name)))).toBe(true);
    }
    await context.close();
  });

  it('sorts a table by number, up and down', async () => {
    const { page, context } = await opened('moments');
    const sizes = async () => {
      const cells = await page
        .locator('table')
        .first()
        .locator('tbody tr td:first-child')
        .allInnerTexts();
      return cells.map((text) => Number(text.replaceAll(',', '')));
    };
    const ascending = [...(await sizes())].sort((a, b) => a - b);
    const button = page.getByRole('button', { name: 'size' }).first();
    await button.click();
    expect(await sizes()).toEqual(ascending);
    await button.click();
    expect(await sizes()).toEqual(ascending.reverse());
    await context.close();
  });

  it('shows one series alone after a click on the key, and all after a double click', async () => {
    const { page, context } = await opened('estimators');
    const figure = page.locator('figure').first();
    await figure.getByText('jackknife', { exact: true }).click();
    expect(await figure.locator('.dimmed').count()).toBeGreaterThan(5);
    await figure.locator('svg').dblclick({ position: { x: 4, y: 4 } });
    expect(await figure.locator('.dimmed').count()).toBe(0);
    await context.close();
  });

  it('zooms with Shift and the wheel, or by keys, and goes back', async () => {
    const { page, context } = await opened('cifar10-cfm');
    const svg = page.locator('figure svg').first();
    const box = () => svg.getAttribute('viewBox');
    const whole = await box();
    await svg.hover();
    await page.mouse.wheel(0, -200);
    expect(await box()).toBe(whole);
    await page.evaluate(() => scrollTo(0, 0));
    await page.keyboard.down('Shift');
    await svg.hover();
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Shift');
    await expect.poll(box).not.toBe(whole);
    await svg.focus();
    await page.keyboard.press('0');
    expect(await box()).toBe(whole);
    await context.close();
  });

  it('shows its charts without scripts, and on paper', async () => {
    const { page, context } = await opened('cifar10-cfm', { javaScriptEnabled: false });
    expect(await page.locator('figure svg:visible').count()).toBe(3);
    await context.close();
    const paper = await opened('cifar10-cfm', { colorScheme: 'dark' });
    await paper.page.emulateMedia({ media: 'print' });
    expect(await paper.page.locator('.files').isHidden()).toBe(true);
    expect((await paper.page.pdf()).length).toBeGreaterThan(10_000);
    await paper.context.close();
  });

  it('runs no script of a name that a result brings', async () => {
    const name = 'cifar10-cfm';
    const html = readFileSync(join(root, name, 'report.html'), 'utf8');
    const folder = join(root, 'evil');
    cpSync(join(root, name), folder, { recursive: true });
    writeFileSync(
      join(folder, 'report.html'),
      html.replace('<h1>', '<script>document.title = "owned"</script><h1 onclick="1">'),
    );
    const { page, wrong, context } = await opened('evil');
    expect(await page.title()).not.toBe('owned');
    expect(wrong.join()).toContain('Content Security Policy');
    await context.close();
  });
});
