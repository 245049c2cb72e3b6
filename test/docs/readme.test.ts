import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readPerformance } from '../../src/tables/performance.ts';
import { screenTable } from '../../src/tables/summary.ts';
import { at, Page } from './page.ts';

const page = new Page('README.md');
/** A page that is read in one go. */
const MOST_BYTES = 8000;

describe('README.md', () => {
  it('is a door: at most 8,000 bytes', () => {
    expect(Buffer.byteLength(page.text)).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('shows the table that results/cifar10-cfm has', async () => {
    const performance = await readPerformance(at('results/cifar10-cfm/performance.csv'));
    const published = [
      { size: 5000, fid: 9.75, label: '' },
      { size: 50_000, fid: 5.12, label: '' },
    ];
    expect(page.text).toContain(screenTable(performance, published));
  });

  it('lists every command of the CLI, and no other', () => {
    const help = execFileSync(process.execPath, [at('bin/study.js'), '--help'], {
      encoding: 'utf8',
    });
    const commands = help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm);
    const names = [...commands].map(([, name]) => name!).filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(15);
    const listed = page.table('what it does').map(([name]) => name!.replaceAll('`', ''));
    expect(listed.sort()).toEqual(names.sort());
  });
});
