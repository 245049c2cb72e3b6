import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { workerCommand } from '../../src/commands/worker.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { bytesOf, manifestOf, sweepOf, writeSmall } from '../commands/sweeps.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { expectAlike, sweepsIn } from './in-parts.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
afterEach(() => {
  process.exitCode = undefined;
});
// By 1, 3 and 7 tasks, and in more ways: array.slow.test.ts.
describe('the draws of a sweep', () => {
  it.each(sweepsIn(folder).filter(([what]) => /surrogate|pool$/.test(what)))(
    '%s are the same by two tasks',
    async (what, input, inputsOf) => {
      await expectAlike(join(folder, what), input, await inputsOf(), [2]);
    },
  );
});

describe('study sweep --engine array', () => {
  const worker = (...args: string[]) => runCommand(workerCommand(), args);

  it("checks the hash of the files that a metric's draws compare with", async () => {
    const { path } = await writePool(folder, 40, 3, 'real');
    const { path: other } = await writePool(folder, 40, 3, 'fake');
    const sides = ['--reference', path, '--generated', other];
    const draws = ['--metric', 'precision', '--sizes', '10,20', '--seeds', '2'];
    const out = join(folder, 'metric');
    await sweepOf(...sides, ...draws, '--out', out, '--engine', 'array', '--tasks', '1');
    copyFileSync(other, path);
    await expect(worker(out)).rejects.toThrow(`${path} was changed after the job was prepared`);
    rmSync(path);
    await expect(worker(out)).rejects.toThrow(`cannot read a file of this job: ${path}`);
  });

  const flags = ['--source', writeSmall(folder), '--sizes', '10,50', '--seeds', '4'];

  it('gives the files of one machine, says what is missing, and does nothing the second time', async () => {
    const alone = join(folder, 'alone');
    await sweepOf(...flags, '--out', alone);
    const out = join(folder, 'out');
    const array = [...flags, '--out', out, '--engine', 'array'];
    const lines = await sweepOf(...array, '--tasks', '3');
    expect(process.exitCode).toBe(3);
    expect(lines[0]).toBe('4 units of the sweep of small are to be made, in 3 parts');
    expect((await worker(out, '--part', '0', '--of', '3'))[0]).toMatch(/2 units made, in/);
    expect((await worker(out, '--part', '0', '--of', '2'))[0]).toMatch(
      /1 units made, 1 were there/,
    );
    const missing = await sweepOf(...array, '--tasks', '4');
    expect(missing[0]).toMatch(/^1 of 4 units .* are missing, in parts 1 of 4: units 1$/);
    expect(missing[2]).toMatch(/sbatch --array=1 --wrap='study worker .* --of 4 --workers 1'/);
    await worker(out, '--part', '1', '--of', '4');
    process.exitCode = undefined;
    await sweepOf(...array);
    expect(process.exitCode).toBe(undefined);
    expect(bytesOf(out)).toEqual(bytesOf(alone));
    const { machines, command: _, environment, seal: __, ...rest } = manifestOf(out);
    expect(machines).toMatchObject([{ cpu: environment.cpu }]);
    expect(manifestOf(alone)).toMatchObject(rest);
    // Not even the parts are needed: the draws are in the folder.
    rmSync(join(out, 'array'), { recursive: true });
    await sweepOf(...array, '--tasks', '4');
    expect(bytesOf(out, ['estimates.csv'])).toEqual(bytesOf(alone, ['estimates.csv']));
    expect(manifestOf(out).machines).toEqual(machines);
  });

  it.each([
    [['--engine', 'array'], /--engine array without --out/],
    [['--tasks', '3'], /--tasks with --engine local/],
    [['--engine', 'array', '--out', 'x', '--wait'], /--wait with --engine array/],
    [['--engine', 'slurm', '--out', 'x', '--slurm-args', "'a"], /a quote or a backslash/],
  ])('refuses %s', async (more, message) => {
    await expect(sweepOf(...flags, ...more)).rejects.toThrow(message);
  });
});
