import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ESTIMATE_COLUMNS, readEstimates } from '../../src/tables/estimates.ts';
import { PERFORMANCE_COLUMNS, readPerformance } from '../../src/tables/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { ALL_FILES, bytesOf, filesIn, manifestOf, sweepOf, writeSmall } from './sweeps.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const small = writeSmall(folder, {
  published: [{ size: 300, fid: 0.4, label: 'someone', url: 'https://example.org' }],
});
const SIZES = ['--source', small, '--sizes', '10,50,300'];
const full = [...SIZES, '--seeds', '5'];

const rowsOf = async (out: string) => readEstimates(join(out, 'estimates.csv'));
const draw = (rows: Awaited<ReturnType<typeof rowsOf>>, seed: number, size: number) =>
  rows.find((row) => row.seed === seed && row.size === size)!;

// Held against by most tests below.
const lines = await sweepOf(...full, '--out', at('full'));
const fullRows = await rowsOf(at('full'));

describe('study sweep', () => {
  it('writes its tables, manifest and charts, and nothing else', async () => {
    expect(filesIn(at('full'))).toEqual(ALL_FILES);
    const [estimates, performance] = bytesOf(at('full')).map((text) => text.split('\n'));
    expect(estimates![0]).toBe(ESTIMATE_COLUMNS.filter((name) => name !== 'metric').join(','));
    expect(estimates![1]).toMatch(/^small,small,10,1,,false,plug-in,[\d.e,-]+,,ok,$/);
    expect(performance![0]).toBe(PERFORMANCE_COLUMNS.filter((name) => name !== 'metric').join(','));
    expect(fullRows).toHaveLength(15);
    const bias = (await readPerformance(join(at('full'), 'performance.csv'))).filter(
      ({ measure }) => measure === 'bias',
    );
    expect(bias.map(({ size, n_draws }) => [size, n_draws])).toEqual([
      [10, 5],
      [50, 5],
      [300, 5],
    ]);
    for (const { value } of bias) expect(value).toBeGreaterThan(0);
  });

  it('prints the table, what bias is held against, what it means, and where the files are', () => {
    expect(lines[0]).toMatch(/^ *size +draws +mean FID ± MCSE +SD +bias ± MCSE +RMSE +published$/);
    expect(lines.slice(2, 5).map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
      ['10', '5'],
      ['50', '5'],
      ['300', '5'],
    ]);
    expect(lines[4]).toMatch(/0\.4$/);
    expect(lines).toContain('estimand: FID between the two populations, in closed form: 0.200');
    expect(lines).toContain(manifestOf(at('full')).summary);
    expect(lines.at(-2)).toMatch(/^15 draws in /);
    expect(lines.at(-1)).toMatch(/^estimates\.csv, .*report\.html are in .*full$/);
  });

  it('gives the same bytes again, with any number of workers', async () => {
    await sweepOf(...full, '--out', at('again'));
    await sweepOf(...full, '--out', at('two'), '--workers', '2');
    // All but the journal, whose order and times are the run's own, and the manifest's command.
    const same = ALL_FILES.filter((name) => !['draws.jsonl', 'manifest.json'].includes(name));
    for (const name of ['again', 'two']) {
      expect(bytesOf(at(name), same)).toEqual(bytesOf(at('full'), same));
      const { command: _, ...manifest } = manifestOf(at(name));
      expect(manifestOf(at('full'))).toMatchObject(manifest);
    }
  });

  it('goes on after a crash that tore the last line of draws.jsonl', async () => {
    cpSync(at('full'), at('torn'), { recursive: true });
    const journal = join(at('torn'), 'draws.jsonl');
    const kept = readFileSync(journal, 'utf8').split('\n').slice(0, 8);
    writeFileSync(journal, kept.join('\n').slice(0, -20));
    await sweepOf(...full, '--out', at('torn'));
    expect(bytesOf(at('torn'))).toEqual(bytesOf(at('full')));
    const then = readFileSync(journal, 'utf8').split('\n');
    expect(then.slice(0, 7)).toEqual(kept.slice(0, 7));
    expect(then).toHaveLength(1 + 15 + 1);
  });

  it('draws nothing again that is there, and more seeds only', async () => {
    const out = at('more');
    await sweepOf(...SIZES, '--seeds', '3', '--out', out);
    const first = readFileSync(join(out, 'draws.jsonl'), 'utf8');
    await sweepOf(...full, '--out', out);
    expect(bytesOf(out)).toEqual(bytesOf(at('full')));
    const second = readFileSync(join(out, 'draws.jsonl'), 'utf8');
    expect(second.startsWith(first)).toBe(true);
    expect(second.split('\n')).toHaveLength(1 + 15 + 1);
    await sweepOf(...full, '--out', out);
    expect(readFileSync(join(out, 'draws.jsonl'), 'utf8')).toBe(second);
  });

  it('refuses a folder of another sweep, and replaces it only with --restart', async () => {
    cpSync(at('full'), at('other'), { recursive: true });
    const other = [...full, '--study-seed', '1', '--out', at('other')];
    await expect(sweepOf(...other)).rejects.toThrow('holds the draws of another sweep');
    expect(bytesOf(at('other'))).toEqual(bytesOf(at('full')));
    await sweepOf(...other, '--restart');
    expect(bytesOf(at('other'))).not.toEqual(bytesOf(at('full')));
    await expect(sweepOf(...full, '--out', at('other'))).rejects.toThrow('another sweep');
  });

  it('makes any seed alone as it was among the others, and row by row any size', async () => {
    await sweepOf(...SIZES, '--seed-list', '3', '--out', at('three'));
    expect(await rowsOf(at('three'))).toEqual(fullRows.filter(({ seed }) => seed === 3));
    await sweepOf(...SIZES, '--rows', '--seed-list', '3', '--out', at('all-rows'));
    const one = ['--source', small, '--rows', '--sizes', '50', '--seed-list', '3'];
    await sweepOf(...one, '--out', at('one'));
    const [[row], all] = [await rowsOf(at('one')), await rowsOf(at('all-rows'))];
    expect(Math.abs(row!.estimate! / draw(all, 3, 50).estimate! - 1)).toBeLessThan(1e-12);
  });

  it('nests the sizes of a seed, or draws each anew', async () => {
    const near = ['--source', small, '--sizes', '400,401', '--seeds', '4'];
    const steps = async (name: string, ...flags: string[]) => {
      await sweepOf(...near, ...flags, '--out', at(name));
      const rows = await rowsOf(at(name));
      return [1, 2, 3, 4].map((seed) =>
        Math.abs(draw(rows, seed, 401).estimate! - draw(rows, seed, 400).estimate!),
      );
    };
    const nested = Math.max(...(await steps('nested')));
    const independent = Math.max(...(await steps('independent', '--no-nested')));
    // One more row in 400 against 401 others.
    expect(nested).toBeLessThan(independent / 5);
    expect(manifestOf(at('nested')).settings.nested).toBe(true);
    expect(manifestOf(at('independent')).settings.nested).toBe(false);
  });

  it('draws ten million images in no time as exact moments', async () => {
    const out = at('exact');
    await sweepOf('--source', small, '--exact-moments', '--sizes', '10000000', '--out', out);
    const rows = await rowsOf(out);
    expect(rows).toHaveLength(10);
    for (const { estimate } of rows) expect(Math.abs(estimate! - 0.2)).toBeLessThan(0.002);
    expect(manifestOf(out).settings).toMatchObject({ exact_moments: true, nested: false });
  });

  it('takes settings from a file, over which flags win', async () => {
    const config = at('config.json');
    const header = { aims: 'to see' };
    const settings = { experiment: 'mine', header, source: small, sizes: [10, 50], seeds: [4, 2] };
    writeFileSync(config, JSON.stringify(settings));
    await sweepOf('--config', config, '--sizes', '10,50,300', '--timings', '--out', at('config'));
    const rows = await rowsOf(at('config'));
    expect(rows.map(({ seed, size }) => [size, seed])).toEqual(
      [10, 50, 300].flatMap((size) => [4, 2].map((seed) => [size, seed])),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ experiment: 'mine', source: 'small' });
      expect(row.seconds).toBeGreaterThan(0);
      expect(row.estimate).toBe(draw(fullRows, row.seed, row.size).estimate);
    }
    expect(manifestOf(at('config')).settings).toMatchObject({ header, sizes: [10, 50, 300] });
  });

  it('gives the same bytes from its own manifest', async () => {
    await sweepOf('--config', join(at('full'), 'manifest.json'), '--out', at('rerun'));
    expect(bytesOf(at('rerun'))).toEqual(bytesOf(at('full')));
    expect(manifestOf(at('rerun')).settings).toEqual(manifestOf(at('full')).settings);
  });

  it('leaves nothing half-written where a file cannot be written', async () => {
    cpSync(at('full'), at('blocked'), { recursive: true });
    rmSync(join(at('blocked'), 'performance.csv'));
    cpSync(at('full'), join(at('blocked'), 'performance.csv'), { recursive: true });
    appendFileSync(join(at('blocked'), 'draws.jsonl'), '{"torn');
    const again = sweepOf(...full, '--out', at('blocked'));
    await expect(again).rejects.toThrow(/performance\.csv is a folder, not a file/);
    expect(filesIn(at('blocked'))).toEqual(ALL_FILES);
  });
});
