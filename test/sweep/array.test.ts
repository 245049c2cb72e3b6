import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { workerCommand } from '../../src/commands/worker.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { bytesOf, manifestOf, sweepOf, writeSmall } from '../commands/sweeps.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
process.env.STUDY_CACHE = join(folder, 'cache');
afterEach(() => {
  process.exitCode = undefined;
});

const worker = (...args: string[]) => runCommand(workerCommand(), args);

async function inParts(flags: readonly string[], out: string, k: number): Promise<void> {
  const array = [...flags, '--out', out, '--engine', 'array', '--tasks', String(k)];
  const lines = await sweepOf(...array);
  expect(process.exitCode).toBe(3);
  expect(lines.join('\n')).toMatch(/units of the sweep of .* are to be made, in \d+ parts/);
  for (let part = k - 1; part >= 0; part--) {
    await worker(out, '--part', String(part), '--of', String(k), '--workers', '1');
  }
  process.exitCode = undefined;
  await sweepOf(...array);
  expect(process.exitCode).toBe(undefined);
}

const source = writeSmall(folder);
const { path: real } = await writePool(folder, 60, 6, 'real');
const { path: generated } = await writePool(folder, 90, 6, 'generated');
const sweeps: readonly (readonly [string, readonly string[]])[] = [
  ['a surrogate', ['--source', source, '--sizes', '10,50', '--seeds', '4']],
  [
    'directly drawn moments',
    ['--source', source, '--sizes', '9,50', '--seeds', '4', '--exact-moments'],
  ],
  [
    'a pool, whose large draws are made by what they leave out',
    [
      ...['--reference', real, '--generated', generated],
      ...['--sizes', '20,70,90', '--seeds', '3'],
    ],
  ],
];

describe('a sweep in parts', () => {
  for (const [what, flags] of sweeps) {
    it(`gives the tables of one machine, byte for byte, of ${what}`, async () => {
      const alone = join(folder, `${what.length}-alone`);
      await sweepOf(...flags, '--out', alone);
      for (const k of [1, 3, 7]) {
        const out = join(folder, `${what.length}-${k}`);
        await inParts(flags, out, k);
        expect(bytesOf(out)).toEqual(bytesOf(alone));
        const { machines, command: _, environment, ...rest } = manifestOf(out);
        expect(machines).toMatchObject([{ cpu: environment.cpu }]);
        const { command: __, environment: ___, ...expected } = manifestOf(alone);
        expect(rest).toMatchObject({ ...expected, files: expected.files, seal: rest.seal });
      }
    });
  }

  it('does nothing the second time, and counts units whoever made them', async () => {
    const [, flags] = sweeps[0]!;
    const out = join(folder, 'counted');
    const array = [...flags, '--out', out, '--engine', 'array'];
    await sweepOf(...array, '--tasks', '3');
    expect((await worker(out, '--part', '0', '--of', '3'))[0]).toMatch(/2 units made, in/);
    expect((await worker(out, '--part', '0', '--of', '2'))[0]).toMatch(
      /1 units made, 1 were there/,
    );
    const missing = await sweepOf(...array, '--tasks', '4');
    expect(missing[0]).toMatch(/^1 of 4 units .* are missing, in parts 1 of 4: units 1$/);
    expect(missing[2]).toMatch(/sbatch --array=1 --wrap='study worker .* --of 4'/);
    await worker(out, '--part', '1', '--of', '4');
    process.exitCode = undefined;
    await sweepOf(...array);
    const first = bytesOf(out, ['estimates.csv', 'manifest.json']);
    // Not even the parts are needed: the draws are in the folder.
    rmSync(join(out, 'array'), { recursive: true });
    await sweepOf(...array);
    expect(bytesOf(out, ['estimates.csv', 'manifest.json'])).toEqual(first);
    expect(readdirSync(out)).not.toContain('array');
  });
});
