import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StudyError, sweep } from '../../src/index.ts';
import { readEstimates } from '../../src/tables/estimates.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import {
  ALL_FILES,
  bytesOf,
  filesIn,
  manifestOf,
  sweepOf,
  writeSmall,
} from '../commands/sweeps.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
// Factored references go there.
process.env.STUDY_CACHE = join(folder, 'cache');
const source = writeSmall(folder);
const here = process.cwd();
afterEach(() => process.chdir(here));

describe('sweep', () => {
  it('writes the same files as the command, and returns what is in them', async () => {
    const out = join(folder, 'library');
    const progress: string[] = [];
    const result = await sweep(
      { source, sizes: [10, 50], seeds: 3 },
      { out, onProgress: (...step) => void progress.push(step.join(' ')) },
    );
    const flags = ['--source', source, '--sizes', '10,50', '--seeds', '3'];
    await sweepOf(...flags, '--out', join(folder, 'command'));
    expect(bytesOf(out)).toEqual(bytesOf(join(folder, 'command')));
    expect(filesIn(out)).toEqual(ALL_FILES);
    expect([...result.files, join(out, 'draws.jsonl')].sort()).toEqual(
      ALL_FILES.map((name) => join(out, name)),
    );
    expect(result.folder).toBe(out);
    const rows = await readEstimates(join(out, 'estimates.csv'));
    expect(result.estimates.map((row) => ({ ...row, seconds: null }))).toEqual(rows);
    const { estimand, summary, command } = manifestOf(out);
    expect(result).toMatchObject({ estimand, summary });
    expect(command).toEqual([]);
    expect(progress.at(-1)).toBe('180 180 6 of 6 draws');
  });

  it('makes a folder for each different sweep where none is named', async () => {
    process.chdir(folder);
    const folders = [
      await sweep({ source, sizes: [10, 50], seeds: 1 }, { workers: 1 }),
      await sweep({ source, sizes: [10, 51], seeds: 1, experiment: 'mine' }, { workers: 1 }),
    ].map((result) => result.folder);
    expect(folders[0]).toMatch(/^runs[/\\]small-[0-9a-f]{8}$/);
    expect(folders[1]).toMatch(/^runs[/\\]mine-[0-9a-f]{8}$/);
    expect(folders[0]!.slice(-8)).not.toBe(folders[1]!.slice(-8));
    expect(readdirSync('runs').sort()).toEqual(
      folders.map((path) => path.slice('runs/'.length)).sort(),
    );
    for (const path of folders) expect(existsSync(resolve(path, 'report.html'))).toBe(true);
  });

  it('can be aborted, with the signal’s reason, and goes on in the same folder', async () => {
    const out = join(folder, 'aborted');
    const input = { source, sizes: [10, 50], seeds: 20 };
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (done: number) => done > 100 && controller.abort(reason);
    const options = { out, workers: 1 };
    await expect(sweep(input, { ...options, signal: controller.signal, onProgress })).rejects.toBe(
      reason,
    );
    expect(filesIn(out)).toEqual(['draws.jsonl']);
    await sweep(input, options);
    const whole = join(folder, 'whole');
    await sweep(input, { out: whole, workers: 1 });
    expect(bytesOf(out)).toEqual(bytesOf(whole));
  });

  it('can be aborted while its reference is read, while a pool is, and says which', async () => {
    const generated = (await writePool(folder, 60, 8, 'generated')).path;
    const reference = (await writePool(folder, 50, 8, 'real')).path;
    const input = { reference, generated, sizes: [6, 20, 40], seeds: 2 };
    const out = join(folder, 'prepared');
    for (const phase of ['reference', 'the whole pool']) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const aborted = sweep(input, {
        out,
        workers: 1,
        signal: controller.signal,
        onProgress: (_done, _total, note) => note === phase && controller.abort(reason),
      });
      await expect(aborted).rejects.toBe(reason);
      expect(existsSync(join(out, 'estimates.csv'))).toBe(false);
    }
    const notes = new Set<string>();
    const onProgress = (done: number, total: number, note: string) => {
      expect(done).toBeLessThanOrEqual(total);
      notes.add(note);
    };
    await sweep(input, { out, workers: 1, onProgress });
    expect(notes).toContain('the whole pool');
  });

  it('reads the whole pool only where a draw of more than half of it is left to do', async () => {
    const generated = (await writePool(folder, 60, 8, 'generated')).path;
    const reference = (await writePool(folder, 50, 8, 'real')).path;
    const input = { reference, generated, sizes: [6, 20, 40], seeds: 2 };
    const passes = async (out: string, more: object = {}) => {
      let read = false;
      await sweep(
        { ...input, ...more },
        {
          out,
          workers: 1,
          onProgress: (_d, _t, note) => {
            read = read || note === 'the whole pool';
          },
        },
      );
      return read;
    };
    const out = join(folder, 'left');
    expect(await passes(out)).toBe(true);
    const bytes = bytesOf(out);
    const journal = join(out, 'draws.jsonl');
    const lines = readFileSync(journal, 'utf8').split('\n');
    const without = (size: number) =>
      writeFileSync(journal, lines.filter((line) => !line.includes(`"size":${size},`)).join('\n'));
    for (const size of [6, 20, 40]) {
      without(size);
      expect(await passes(out)).toBe(size === 40);
      expect(bytesOf(out)).toEqual(bytes);
    }
    expect(await passes(join(folder, 'replaced'), { replacement: true })).toBe(false);
  });

  it('refuses what the command refuses', async () => {
    await expect(sweep({ sizes: [1] })).rejects.toThrow(StudyError);
    await expect(sweep({ source: 'cifar99' })).rejects.toThrow('unknown source: cifar99');
  });
});
