import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSweepFolder, type SweepResults } from '../../src/charts/sweep-folder.ts';
import { plotCommand } from '../../src/commands/plot.ts';
import { StudyError } from '../../src/errors.ts';
import { hashesOfTables, sealedManifest } from '../../src/provenance/manifest.ts';
import { writeEstimates } from '../../src/tables/estimates.ts';
import { writePerformance } from '../../src/tables/performance.ts';
import { flips } from '../arrays/flips.ts';
import { SHAPES } from '../charts/fixtures.ts';
import { writeCacheFolder } from './sets.ts';

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
  vi.spyOn(console, 'error').mockImplementation(() => {});
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

  it('says so where a table or the manifest was changed, at any bit of a number, and draws nothing', async () => {
    const [manifest, table] = [join(sweep, 'manifest.json'), join(sweep, 'estimates.csv')];
    const files = await hashesOfTables([table, join(sweep, 'performance.csv')]);
    await writeFile(manifest, sealedManifest({ ...MANIFEST, files }));
    await run(sweep);
    expect(console.error).not.toHaveBeenCalled();
    const [whole, sealed] = [await readFile(table), await readFile(manifest)];
    const edited = Buffer.from(whole.toString().replace(/9\./, '8.'));
    expect(edited.equals(whole)).toBe(false);
    for (const changed of [edited, ...flips(whole, 1009)]) {
      await writeFile(table, changed);
      const drawn = await run(sweep).catch((error: unknown) => error);
      expect(drawn).toBeInstanceOf(StudyError);
      expect(String(drawn)).toContain('estimates.csv');
    }
    await writeFile(table, whole);
    let refused = 0;
    for (const changed of flips(sealed, 211)) {
      await writeFile(manifest, changed);
      const found = await readSweepFolder(sweep).catch((error: unknown) => error);
      if (found instanceof StudyError) refused++;
      else expect((found as SweepResults).manifest.estimand).toEqual(MANIFEST.estimand);
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('notes that a manifest of an earlier version has no hashes', async () => {
    await run(sweep);
    expect(vi.mocked(console.error).mock.calls).toEqual([
      [expect.stringMatching(/^note: .* is of an earlier version/)],
    ]);
  });

  it('says what a folder holds that is not a sweep’s, and draws into none that has results', async () => {
    const set = await writeCacheFolder(join(sweep, 'set'), 3, 2);
    await expect(run(set)).rejects.toThrow(`${set} holds features of study extract, not a sweep`);
    await expect(run(sweep, '--out', set)).rejects.toThrow('which would be overwritten');
    await writeFile(
      join(sweep, 'manifest.json'),
      JSON.stringify({ format: 'fid-study study 1', study: 'jitter' }),
    );
    expect(await run(sweep)).toEqual([join(sweep, 'report.html')]);
    const other = join(sweep, 'other');
    await expect(run(sweep, '--out', other)).rejects.toThrow(/for a jitter study: only a sweep's/);
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
