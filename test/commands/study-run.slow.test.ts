import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand as runStudy } from '../../src/commands/run.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { HEADER } from '../studies/header.ts';
import { runCommand } from './run.ts';
import { ALL_FILES, bytesOf, filesIn, manifestOf, sweepOf, writeSmall } from './sweeps.ts';

const folder = temporaryFolder();
const experiments = join(folder, 'experiments');
mkdirSync(experiments);
const source = writeSmall(folder);
const settings = { source, sizes: [10, 50, 300], seeds: 3 };

function write(name: string, content: object): string {
  const path = join(experiments, `${name}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const run = (...flags: string[]) => runCommand(runStudy(), [...flags, '--workers', '1']);

describe('study run', () => {
  it('gives the files of the same sweep, in results beside experiments', async () => {
    const path = write('one', { header: HEADER, ...settings });
    const lines = await run(path);
    const out = join(folder, 'results/one');
    expect(lines.at(-1)).toContain(`are in ${out}`);
    expect(filesIn(out)).toEqual(ALL_FILES);
    expect(manifestOf(out)).toMatchObject({ experiment: 'one', settings: { header: HEADER } });

    const flags = ['--source', source, '--sizes', '10,50,300', '--seeds', '3'];
    await sweepOf(...flags, '--experiment', 'one', '--out', join(folder, 'swept'));
    expect(bytesOf(out)).toEqual(bytesOf(join(folder, 'swept')));

    // And again, from nothing: the charts too.
    const names = ALL_FILES.filter((name) => !/manifest|draws/.test(name));
    const before = bytesOf(out, names);
    rmSync(out, { recursive: true });
    await run(path, '--workers', '2');
    expect(bytesOf(out, names)).toEqual(before);
    rmSync(path);
  });

  it('takes settings from the command line instead of the file', async () => {
    const path = write('two', { study: 'sweep', header: HEADER, ...settings });
    const out = join(folder, 'elsewhere');
    await run(path, '--set', 'seeds=2', 'sizes=[10,20]', '--out', out);
    expect(manifestOf(out).settings).toMatchObject({ seeds: [1, 2], sizes: [10, 20] });
    rmSync(path);
  });

  it('refuses an unknown kind, and settings that its kind does not have', async () => {
    const unknown = write('three', { study: 'sweeep', header: HEADER });
    await expect(run(unknown)).rejects.toThrow('unknown kind of study');
    const typo = write('three', { header: HEADER, ...settings, seedz: 3 });
    await expect(run(typo)).rejects.toThrow('seedz');
    rmSync(typo);
  });

  it('runs all experiments of a folder, and says in the end which could not', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    write('a', { header: HEADER, ...settings, source: join(folder, 'missing.json') });
    write('b', { header: HEADER, ...settings });
    writeFileSync(join(experiments, 'notes.txt'), 'no experiment');
    await expect(run(experiments)).rejects.toThrow('1 of 2 experiments');
    expect(errors.mock.calls.flat().join()).toContain('missing.json');
    expect(readFileSync(join(folder, 'results/b/estimates.csv'), 'utf8')).toContain('b,small,10,1');
    expect(existsSync(join(folder, 'results/a/estimates.csv'))).toBe(false);
    await expect(run(experiments, '--out', folder)).rejects.toThrow('one --out for 2');
    await expect(run(join(folder, 'results'))).rejects.toThrow('no experiments in');
  });
});
