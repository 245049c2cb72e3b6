import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { plotCommand } from '../../src/commands/plot.ts';
import { StudyError } from '../../src/errors.ts';
import { writeEstimates } from '../../src/tables/estimates.ts';
import { writePerformance } from '../../src/tables/performance.ts';
import { SHAPES } from '../charts/fixtures.ts';

const { estimates, performance, ...seen } = SHAPES.pair;
const MANIFEST = {
  ...seen,
  experiment: 'pair',
  summary: 'at 5,000 images this FID is 5.2 too high',
  settings: { sizes: [5000, 50_000] },
};

let folder: string;
let sweep: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plot-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  sweep = await mkdtemp(join(folder, 'sweep-'));
  await writeFile(join(sweep, 'manifest.json'), JSON.stringify(MANIFEST));
  await writeEstimates(join(sweep, 'estimates.csv'), estimates);
  await writePerformance(join(sweep, 'performance.csv'), performance);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('study plot', () => {
  it('draws every chart, the table and the report, and prints where they are', async () => {
    const printed = await run(sweep);
    const drawn = (await readdir(sweep)).filter((name) => !/\.csv$|manifest/.test(name));
    expect(drawn).toHaveLength(11);
    expect(printed[0]).toBe(MANIFEST.summary);
    expect(printed.slice(1).sort()).toEqual(drawn.map((name) => join(sweep, name)).sort());
    const html = await readFile(join(sweep, 'report.html'), 'utf8');
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(html).toContain('published at 5,000');
    expect(await readFile(join(sweep, 'performance.tex'), 'utf8')).toContain('\\toprule');
  });

  it('draws into another folder when told to', async () => {
    const out = join(sweep, 'figures');
    await run(sweep, '--out', out);
    expect(await readdir(out)).toHaveLength(11);
    expect(await readdir(sweep)).toHaveLength(4);
  });

  it('draws the plug-in only, where a sweep has other methods too', async () => {
    const other = performance.map((row) => ({ ...row, method: 'half-sample', value: 1 }));
    await run(sweep);
    const alone = await readFile(join(sweep, 'fid-against-n.vl.json'), 'utf8');
    await writePerformance(join(sweep, 'performance.csv'), [...other, ...performance]);
    await run(sweep);
    expect(await readFile(join(sweep, 'fid-against-n.vl.json'), 'utf8')).toBe(alone);
    expect(await readFile(join(sweep, 'performance.tex'), 'utf8')).toContain('half-sample');
  });

  it('refuses to draw into a file', async () => {
    const file = join(sweep, 'manifest.json');
    await expect(run(sweep, '--out', file)).rejects.toThrow(StudyError);
    await expect(run(sweep, '--out', file)).rejects.toThrow('a file is where a folder should be');
  });

  it('refuses a folder that is missing or empty', async () => {
    await expect(run(join(folder, 'nowhere'))).rejects.toThrow(StudyError);
    await expect(run(join(folder, 'nowhere'))).rejects.toThrow('cannot read');
    await mkdir(join(folder, 'empty'), { recursive: true });
    await expect(run(join(folder, 'empty'))).rejects.toThrow('manifest.json');
  });

  it('names the line and column of a damaged CSV', async () => {
    const path = join(sweep, 'performance.csv');
    await writeFile(path, (await readFile(path, 'utf8')).replace('bias,10,0,', 'bias,10,0,x'));
    await expect(run(sweep)).rejects.toThrow(
      /performance\.csv, line 3, column value: not a number/,
    );
  });

  it('names the part of a damaged manifest', async () => {
    const path = join(sweep, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...MANIFEST, estimand: { value: 'four' } }));
    await expect(run(sweep)).rejects.toThrow(
      /manifest\.json is not the manifest of a sweep: estimand\.value: /,
    );
    await writeFile(path, '{"title": ');
    await expect(run(sweep)).rejects.toThrow(/manifest\.json is not JSON: /);
  });
});

/** Runs the command as the CLI does; gives the lines it printed. */
async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line);
  });
  await plotCommand().parseAsync(args, { from: 'user' });
  return lines;
}
