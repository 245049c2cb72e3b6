import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealLine } from '../../src/provenance/sealed-journal.ts';
import { serveResults, type View } from '../../src/view/server.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { resultsOf } from '../results/read.ts';
import { lacksBrowser, launch, look, open, seriousFindings } from './chromium.ts';

describe.skipIf(lacksBrowser())('study view, in a browser', () => {
  const root = temporaryFolder();
  let browser: Browser;
  let view: View;
  beforeAll(async () => {
    for (const name of ['cifar10-cfm', 'moments', 'practice']) {
      cpSync(resultsOf(name), join(root, name), { recursive: true });
    }
    browser = await launch();
    view = await serveResults(root, 0);
  });
  afterAll(async () => {
    await view?.close();
    await browser?.close();
  });
  /** A click ends when the next page begins: its elements come later. */
  const loaded = (page: Page, url: string) => page.waitForURL(url, { waitUntil: 'load' });
  const opened = (path = '') => open(browser, view.url + path, [new URL(view.url).origin]);

  it('lists results, opens one, and comes back', async () => {
    const { page, context, wrong } = await opened();
    await look(page, 'view-list');
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('a[href="report?of=moments"]').click();
    await loaded(page, '**/report?of=moments');
    expect(await page.locator('dd', { hasText: 'moments' }).count()).toBeGreaterThan(0);
    await page.locator('figure svg [data-tip]').first().dispatchEvent('pointerover');
    await expect.poll(() => page.locator('.tip:visible').count()).toBe(1);
    await page.getByRole('link', { name: 'All results' }).click();
    await loaded(page, view.url);
    expect(await page.locator('tbody tr').count()).toBe(3);
    expect(wrong).toEqual([]);
    await context.close();
  });

  it('puts two results side by side', async () => {
    const { page, context, wrong } = await opened();
    await page.getByLabel('cifar10-cfm').check();
    await page.getByLabel('moments').check();
    await page.getByRole('button', { name: 'side by side' }).click();
    await loaded(page, '**/compare?*');
    expect(await page.locator('h2', { hasText: 'What differs' }).count()).toBe(1);
    expect(await page.locator('.pair').count()).toBe(4);
    expect(await page.locator('body').innerText()).toContain('moves FID by the sampling error');
    await look(page, 'view-compare');
    expect(await seriousFindings(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  });

  it('follows a sweep under way: its chart grows, and its report opens at the end', async () => {
    const folder = join(root, 'under-way');
    mkdirSync(folder);
    const header = JSON.stringify({ format: 'fid-study draws 2' });
    const draw = (seed: number, size: number, distance: number) => {
      const line = sealLine({ seed, size, terms: { distance } }, header);
      appendFileSync(join(folder, 'draws.jsonl'), `${line}\n`);
    };
    writeFileSync(join(folder, 'draws.jsonl'), `${header}\n`);
    const { page, context, wrong } = await opened('follow?of=under-way');
    draw(1, 5000, 9.75);
    await page.getByText('1 draw: 1 at 5,000').waitFor();
    draw(1, 50_000, 5.12);
    draw(2, 5000, 9.7);
    await page.getByText('3 draws').waitFor();
    // The chart is drawn anew as draws come, and a tip goes with its chart.
    await expect
      .poll(async () => {
        await page
          .locator('[data-tip^="N: 50,000; FID: 5.12"]')
          .first()
          .dispatchEvent('pointerover');
        return page.locator('.tip:visible').allInnerTexts();
      })
      .toEqual([expect.stringContaining('5.12')]);
    expect(await seriousFindings(page)).toEqual([]);
    cpSync(resultsOf('cifar10-cfm'), folder, { recursive: true });
    await loaded(page, '**/report?of=under-way');
    expect(wrong).toEqual([]);
    await context.close();
  });
});
