import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { correctCommand } from '../../src/commands/correct.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { randomRows } from '../metrics/gaussians.ts';
import { lacksBrowser, launch, look, open, seriousFindings } from './chromium.ts';
import { buildSite } from './site.ts';

describe.skipIf(lacksBrowser())('the page that answers', () => {
  const folder = temporaryFolder();
  const site = join(folder, 'site');
  let browser: Browser;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    buildSite(site);
    server = createServer(sirv(site, { dev: true }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  const opened = (hash: string, options = {}) =>
    open(browser, `${origin}${hash}`, [origin], options);
  const result = (page: Page) => page.locator('section:not([hidden]) .result');

  it.each([
    ['convert', '#convert'],
    ['plan', '#plan'],
    ['versus', '#versus'],
    ['file', '#file'],
    ['findings', '#findings'],
  ])(
    'answers %s without an error, from its own address alone, and axe finds nothing',
    async (name, hash) => {
      const { page, context, wrong } = await opened(hash);
      if (name !== 'file') await result(page).locator('.answer').first().waitFor();
      if (['convert', 'plan', 'findings'].includes(name)) {
        await result(page).locator('figure svg').first().waitFor();
      }
      if (name === 'convert' || name === 'plan') await look(page, `site-${name}`);
      expect(await seriousFindings(page)).toEqual([]);
      expect(wrong).toEqual([]);
      await context.close();
    },
  );

  it('prints the lines and notes of study correct', async () => {
    const { page, context } = await opened(
      '#convert?fid=9.148&from=5000&to=50k&dataset=imagenet&labels=random',
    );
    const lines = await runCommand(correctCommand(), [
      ...['--fid', '9.148', '--from', '5000', '--to', '50000'],
      ...['--dataset', 'imagenet', '--label-protocol', 'random', '--explain'],
    ]);
    const text = await result(page).innerText();
    await result(page).locator('summary').click();
    const why = await result(page).locator('pre').innerText();
    expect(text).toContain(lines[0]);
    for (const line of lines.slice(2)) {
      const own = line.replace(/^note: /, '').trim();
      expect(`${text}\n${why}`).toContain(own);
    }
    await context.close();
  });

  it('prints the numbers of study plan', async () => {
    const { page, context } = await opened('#plan?bias=0.5&difference=0.3&fid=4&dataset=cifar10');
    const lines = await runCommand(planCommand(), [
      ...['--bias', '0.5', '--difference', '0.3', '--fid', '4', '--dataset', 'cifar10'],
      ...['--out', join(folder, 'plan')],
    ]);
    const text = await result(page).innerText();
    expect(text).toContain(lines[0]);
    expect(text).toContain(lines[1]);
    const rows = await result(page).locator('tbody tr').allInnerTexts();
    const table = lines.slice(5, 5 + rows.length).map((line) => line.trim().split(/\s{2,}/));
    expect(rows.map((row) => row.split(/\t/))).toEqual(table);
    await context.close();
  });

  it('keeps its state in the address, which another page opens', async () => {
    const { page, context } = await opened('');
    await page.getByRole('link', { name: 'Is A better than B?' }).click();
    await page.locator('section:not([hidden]) [name=a]').fill('5.4');
    await page.locator('section:not([hidden]) [name=an]').fill('50_000');
    // The address is written last, and after each field if the page is faster than the test.
    await page.waitForURL(/#versus\?a=5\.4&an=50_000&/);
    const answer = await result(page).locator('.answer').innerText();
    expect(answer).toMatch(/^B is better: at infinity 4\.88 against 4\.60/);
    const again = await opened(new URL(page.url()).hash);
    expect(await result(again.page).locator('.answer').innerText()).toBe(answer);
    await page.locator('section:not([hidden]) [name=an]').fill('many');
    await result(page).getByText('N of A is not a number of images: many').waitFor();
    await context.close();
    await again.context.close();
  });

  it('gives the digits of the command line for a dropped statistics file', async () => {
    const file = await statistics('real.npz', 300, 'real');
    const { page, context, wrong } = await opened('#file');
    await page.locator('[name=generated]').setInputFiles(file);
    const { constant } = await numbers(page);
    const [text] = [
      await runCommand(correctCommand(), [...CORRECT, '--reference', file, '--json']),
    ];
    const command = JSON.parse(text.join('\n'));
    // Below 768 dimensions the same kernel finds the eigenvalues: the same bits.
    expect(constant.value).toBe(command.constant.value);
    expect(constant.se).toBe(command.constant.se);
    expect(wrong).toEqual([]);
    await context.close();
  });

  it('gives FID at infinity of features against features', async () => {
    const [real, made] = [await features('a.npy', 700, 'a'), await features('b.npy', 600, 'b')];
    const { page, context, wrong } = await opened('#file');
    await page.locator('[name=file-reference]').setInputFiles(real);
    await page.locator('[name=generated]').setInputFiles(made);
    const found = await numbers(page);
    const text = await runCommand(estimateCommand(), [
      made,
      '--reference',
      real,
      '--no-kid',
      '--json',
    ]);
    const command = JSON.parse(text.join('\n'));
    // Sums are in another order than onnxruntime's.
    for (const [a, b] of [
      [found.fid, command.fid],
      [found.infinity.estimate, command.fid_infinity.estimate],
      [found.infinity.lower, command.fid_infinity.lower],
      [found.constant.fourth.value, command.constant.fourth.value],
    ]) {
      expect(Math.abs(a / b - 1)).toBeLessThan(1e-9);
    }
    expect(wrong).toEqual([]);
    await context.close();
  });

  it('reads statistics of 2,048 dimensions, and says how long that took', async () => {
    const file = await statistics('large.npz', 2048, 'large', 2200);
    const { page, context } = await opened('#file');
    await page.locator('[name=generated]').setInputFiles(file);
    const { constant } = await numbers(page);
    const seconds = Number(await result(page).getAttribute('data-seconds'));
    expect(seconds).toBeGreaterThan(0);
    console.log(`d = 2048 in ${seconds.toFixed(1)} s of Chromium`);
    const text = await runCommand(correctCommand(), [...CORRECT, '--reference', file, '--json']);
    const command = JSON.parse(text.join('\n'));
    expect(Math.abs(constant.value / command.constant.value - 1)).toBeLessThan(1e-12);
    // Alone on a machine it takes 3 s; tests run beside others.
    expect(seconds).toBeLessThan(60);
    await context.close();
  });

  it('says what is wrong with a file that it cannot read', async () => {
    const { page, context, wrong } = await opened('#file');
    await page.locator('[name=generated]').setInputFiles({
      name: 'notes.npy',
      mimeType: 'text/plain',
      buffer: Buffer.from('not an array, but a long enough text'),
    });
    await result(page).getByText('notes.npy is not a .npy file').waitFor();
    expect(wrong).toEqual([]);
    await context.close();
  });

  async function numbers(page: Page) {
    await page.waitForFunction(() =>
      document.querySelector('#file .result')?.hasAttribute('data-numbers'),
    );
    return JSON.parse((await result(page).getAttribute('data-numbers'))!);
  }

  const CORRECT = ['--fid', '9', '--from', '5000', '--to', '50000'];

  async function statistics(name: string, d: number, seed: string, rows = 2 * d): Promise<string> {
    const path = join(folder, name);
    const { data } = randomRows(rows, Math.min(d, 64), seed);
    await writeStatisticsNpz(path, momentsOf(data, rows, d), 'float64');
    return path;
  }

  async function features(name: string, rows: number, seed: string): Promise<string> {
    const path = join(folder, name);
    const { data } = randomRows(rows, 32, seed);
    await writeNpyRows(path, 32, [Float32Array.from(data)]);
    return path;
  }
});

/** A mean and a covariance of d dimensions with a falling spectrum, made of a few random columns. */
function momentsOf(data: Float64Array, rows: number, d: number) {
  const mean = new Float64Array(d);
  const covariance = new Float64Array(d * d);
  const width = data.length / rows;
  for (let i = 0; i < d; i++) {
    covariance[i * d + i] = 1 / (1 + i);
    mean[i] = data[i % data.length]!;
    for (let j = 0; j < Math.min(i, width); j++) {
      const value = 1e-3 * data[(i * width + j) % data.length]! * (1 / (1 + i));
      covariance[i * d + j] = value;
      covariance[j * d + i] = value;
    }
  }
  return { mean, covariance, dimension: d };
}
