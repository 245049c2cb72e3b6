import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { workerCommand } from '../../src/commands/worker.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { readJob } from '../../src/jobs/job.ts';
import { Unfinished } from '../../src/jobs/unfinished.ts';
import { workOn } from '../../src/jobs/work.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { drawsJob } from '../../src/sweep/array/kind.ts';
import { engineFor } from '../../src/sweep/engine.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import { runSweep } from '../../src/sweep/run.ts';
import { parseSettings } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { bytesOf, manifestOf, sweepOf, writeSmall } from '../commands/sweeps.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
afterEach(() => {
  process.exitCode = undefined;
});
const { signal } = new AbortController();

describe('the draws of a sweep', () => {
  const pool = { reference: 'a', generated: 'b' };
  const sweeps: readonly (readonly [string, object, () => Promise<SweepInputs>])[] = [
    ['of a surrogate', { sizes: [10, 50] }, () => smallInputs()],
    ['whose moments are drawn', { sizes: [9, 50], exact_moments: true }, () => smallInputs(true)],
    ['not nested', { sizes: [10, 50], nested: false }, () => smallInputs()],
    ['of a pool', { ...pool, sizes: [20, 70, 90] }, () => poolInputsOf(folder, 90)],
    [
      'of a pool, with replacement',
      { ...pool, sizes: [20, 90], replacement: true },
      () => poolInputsOf(folder, 90),
    ],
  ];

  it.each(sweeps)('%s are the same by any number of tasks', async (what, input, inputsOf) => {
    const settings = parseSettings({ ...input, seeds: 4 });
    const inputs = await inputsOf();
    const alone = await runSweep(settings, inputs, { engine: inlineEngine(sharedAlgebra()) });
    for (const k of [1, 3, 7]) {
      const out = join(folder, `${what} ${k}`);
      const array = { isMixed: false };
      const run = () =>
        runSweep(settings, inputs, {
          engine: engineFor(settings, inputs, out, undefined, array),
          folder: out,
        });
      await expect(run()).rejects.toBeInstanceOf(Unfinished);
      const job = await readJob(out);
      for (let part = k - 1; part >= 0; part--) {
        await workOn(out, job, drawsJob, { part, of: k }, { workers: 1, signal });
      }
      const { machines, ...gathered } = await run();
      expect(machines).toHaveLength(1);
      const { machines: none, ...expected } = alone;
      expect(none).toEqual([]);
      expect(withoutTimes(gathered)).toEqual(withoutTimes(expected));
    }
  });
});

function withoutTimes({
  estimates,
  ...rest
}: Pick<Awaited<ReturnType<typeof runSweep>>, 'estimates'>) {
  return { ...rest, estimates: estimates.map((row) => ({ ...row, seconds: null })) };
}

describe('study sweep --engine array', () => {
  const worker = (...args: string[]) => runCommand(workerCommand(), args);
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
