import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Debian's Chromium, or the one that $CHROMIUM names. */
const binary = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/** Whether there is no browser; says so, because the tests are then skipped. */
export function lacksBrowser(): boolean {
  if (binary === undefined) console.warn('skipped: no Chromium; apt-get install chromium');
  return binary === undefined;
}

/** Where screenshots go: artefacts to look at, which nothing compares. */
export const shots = process.env.STUDY_SHOTS ?? join(tmpdir(), 'fid-study-shots');

export function launch(): Promise<Browser> {
  mkdirSync(shots, { recursive: true });
  return chromium.launch({ executablePath: binary!, args: ['--no-sandbox'] });
}

/** A page with what went wrong on it: errors in its console, and what it asked of elsewhere. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly wrong: string[];
}

/** @param own what its requests may begin with */
export async function open(
  browser: Browser,
  url: string,
  own: readonly string[],
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    const isOwn = [...own, 'data:', 'blob:'].some((start) => request.url().startsWith(start));
    if (!isOwn) wrong.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, context, wrong };
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Findings of axe that are serious or worse; the page's policy does not hold for the test's own script. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate(() => {
    // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
    return (globalThis as any).axe.run() as Promise<{ violations: Violation[] }>;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))}`);
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Screenshots at three widths, in light and dark. */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 800, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      const path = join(shots, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      await expectNarrow(page, name);
    }
  }
}

/** A page may not be wider than its window, in which it would have to be moved left and right. */
export async function expectNarrow(page: Page, name: string): Promise<void> {
  const [wide, width] = await page.evaluate(() => {
    return [document.documentElement.scrollWidth, innerWidth] as const;
  });
  expect(wide, `${name} at ${width}`).toBeLessThanOrEqual(width);
}
