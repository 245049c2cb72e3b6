import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { compareCommand } from '../../src/commands/compare.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { kidCommand } from '../../src/commands/kid.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { randomRows } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const d = 16;

async function written(name: string, rows: readonly Float32Array[]): Promise<string> {
  const path = join(folder, `${name}.npy`);
  await writeNpyRows(path, d, rows);
  return path;
}
function rowsOf(name: string, count: number): Float32Array[] {
  const { data } = randomRows(count, d, 'repeated', name);
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from(data.subarray(i * d, (i + 1) * d)),
  );
}
const real = rowsOf('real', 500);
const own = rowsOf('own', 510);
const reference = await written('reference', real);
const good = await written('good', own);
const padded = await written(
  'padded',
  [0, 1, 2].flatMap(() => own.slice(0, 170)),
);
const reversed = await written('reversed', [...real].reverse());
const half = await written('half', [...real.slice(0, 250), ...own.slice(0, 260)]);

const lines = async (command: Command, ...args: string[]) =>
  (await runCommand(command, args)).join('\n');
const json = async (command: Command, ...args: string[]) =>
  JSON.parse(await lines(command, ...args, '--json'));
const repeats = /padded\.npy repeats images: 170 distinct of 510/;
const shares = /250 of 510 images of .*half\.npy are also in .*reference\.npy/;

describe('a set of 170 images, three times each', () => {
  it('is said to be one by every command that takes it', async () => {
    expect(await lines(fidCommand(), reference, padded)).toMatch(repeats);
    expect(await lines(fidCommand(), padded, good)).toMatch(repeats);
    expect(await lines(kidCommand(), reference, padded, '--subsets', '2')).toMatch(repeats);
    expect(await lines(estimateCommand(), padded, '--reference', reference)).toMatch(repeats);
    const ranked = await lines(compareCommand(), good, padded, '--reference', reference);
    expect(ranked).toMatch(repeats);
    const plan = ['--bias', '0.1', '--out', join(folder, 'plan')];
    const pilot = ['--reference', reference, '--generated', padded, ...plan];
    expect(await lines(planCommand(), ...pilot)).toMatch(repeats);
    const out = join(folder, 'padded.npz');
    expect(await lines(statsCommand(), padded, '--out', out)).toMatch(repeats);
    const sides = ['--reference', reference, '--generated', padded, '--sizes', '50,100'];
    const swept = await lines(
      sweepCommand(),
      ...sides,
      '--seeds',
      '2',
      '--out',
      join(folder, 'sweep'),
    );
    expect(swept).toMatch(repeats);
  });

  it('has no estimate that is called reliable, and is not ranked for sure', async () => {
    const found = await json(estimateCommand(), padded, '--reference', reference);
    expect(found.reliable).toBe(false);
    const other = await json(estimateCommand(), good, '--reference', reference);
    expect(other.reliable).toBe(true);
    const ranked = await json(compareCommand(), good, padded, '--reference', reference);
    expect(ranked.pairs[0]).toMatchObject({ better: 'good', worse: 'padded', reliable: false });
    const verdict = await lines(compareCommand(), good, padded, '--reference', reference);
    expect(verdict).toContain('but images repeat or are shared, so the interval is not valid');
    expect(verdict).not.toContain('is better than');
  });

  it('has no sure number of images in a plan', async () => {
    const out = join(folder, 'safe-plan');
    const pilot = ['--reference', reference, '--bias', '0.1', '--out', out, '--generated'];
    expect(await lines(planCommand(), ...pilot, padded)).not.toContain('95 % sure');
    expect(await lines(planCommand(), ...pilot, good)).toContain('95 % sure');
  });
});

describe('a set whose images are all the same', () => {
  it('is estimated and ranked like any other, and said to be one', async () => {
    const same = await written(
      'same',
      Array.from({ length: 400 }, () => own[0]!),
    );
    const note = /all 400 images of .*same\.npy are the same/;
    expect(await lines(estimateCommand(), same, '--reference', reference)).toMatch(note);
    const several = [same, await written('few', own.slice(0, 400)), '--reference', reference];
    const ranked = await lines(compareCommand(), ...several);
    expect(ranked).toMatch(note);
    expect(ranked).toMatch(/few ranks before same/);
    const [there, back] = [
      await json(fidCommand(), reference, same),
      await json(fidCommand(), same, reference),
    ];
    expect(Math.abs(there.fid / back.fid - 1)).toBeLessThan(1e-12);
  });
});

describe('images of the reference among the generated ones', () => {
  it('are counted', async () => {
    expect(await lines(fidCommand(), reference, half)).toMatch(shares);
    const found = await json(estimateCommand(), half, '--reference', reference);
    expect(found.reliable).toBe(false);
    expect(found.notes.join('\n')).toMatch(shares);
  });

  it('that are all of them, in another order, have an FID of 0 without a sign', async () => {
    const printed = await lines(fidCommand(), reference, reversed);
    expect(printed).toMatch(/^FID +0\.0+$/m);
    expect(printed).toContain('has the same images as');
    expect(printed).toContain('exceeds this FID');
    expect(printed).not.toContain('of this FID is bias');
    await expect(lines(estimateCommand(), reversed, '--reference', reference)).rejects.toThrow(
      'in another order',
    );
  });
});
