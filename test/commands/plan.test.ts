import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { schemaErrors } from '../charts/vega-lite.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { diagonalStatistics } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
let count = 0;

async function plan(text: string) {
  const out = join(folder, `plan-${count++}`);
  const lines = await runCommand(planCommand(), [...text.split(' '), '--out', out]);
  return { out, lines, text: lines.join('\n') };
}

describe('study plan', () => {
  it('answers from a data set’s published constant, with a number, a curve and a chart', async () => {
    const { out, lines } = await plan('--bias 0.5 --difference 0.3 --fid 4 --dataset cifar10');
    expect(lines[0]).toMatch(/^bias below 0\.5: 52,\d{3} images; 5\d,\d{3} to be 95 % sure of C$/);
    expect(lines[1]).toMatch(/^difference of 0\.3: \d+,\d{3} images of each model, .*independent/);
    expect(lines.at(-1)).toContain(`are in ${out}`);
    const csv = readFileSync(join(out, 'plan.csv'), 'utf8').split('\n');
    expect(csv[0]).toBe('size,bias,bias_lower,bias_upper,sd,detectable_difference');
    expect(csv.length).toBeGreaterThan(6);
    expect(schemaErrors(JSON.parse(readFileSync(join(out, 'plan.vl.json'), 'utf8')))).toEqual([]);
  });

  it('prints JSON, and leaves the same in its manifest', async () => {
    const { out, text } = await plan('--bias 0.5 --constant 20000 --json');
    const { folder, files, ...printed } = JSON.parse(text);
    expect([folder, files.at(-1)]).toEqual([out, 'report.html']);
    expect(printed.forBias).toMatchObject({ size: 40_000, safeSize: 40_000, referenceBias: 0 });
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ ...printed, environment: { node: process.versions.node } });
  });

  it('takes a statistics file, or a pilot pool of features beside it', async () => {
    const path = join(folder, 'real.npz');
    const variances = [4, 1, 0.25, 0.1];
    await writeStatisticsNpz(path, {
      ...diagonalStatistics([0, 0, 0, 0], variances),
      dimension: 4,
    });
    const alone = await plan(`--bias 0.001 --difference 0.01 --fid 0.1 --reference ${path}`);
    expect(alone.text).toContain('the constant is 1.23 times that of Gaussian features');
    const pool = await writePool(folder, 300, 4, 'pilot');
    const { text } = await plan(
      `--bias 0.001 --difference 0.01 --reference ${path} --generated ${pool.path}`,
    );
    expect(text).toMatch(
      /note: the pilot's FID is [\d.]+ at N = 300 against an unstated number of references, of which about -?[\d.]+ is bias; at infinity about/,
    );
    expect(text).toMatch(
      /difference of 0\.01: ([\d,]+) images of each model.*; [\d,]+ images to be 95 % sure of the spread/,
    );
    expect(text).toMatch(/times the variance of FID is about [\d.e-]+ .* with 95 % certainty/);
    const json = await plan(
      `--difference 0.01 --reference ${path} --generated ${pool.path} --json`,
    );
    const { forDifference, safeForDifference, precision } = JSON.parse(json.text);
    expect(safeForDifference).toBeGreaterThan(forDifference);
    expect(precision.firstLimit).toBeGreaterThan(precision.first);
  });

  it('counts the features of the set at hand, not those of Inception', async () => {
    const pool = await writePool(folder, 300, 16, 'sixteen');
    const of = `--reference ${pool.path}`;
    const { text, lines } = await plan(`--bias 0.5 ${of}`);
    const size = Number(/: (\d+) images/.exec(lines[0]!)![1]);
    expect(size).toBeGreaterThan(16);
    expect(text).not.toContain('does not follow C/N');
    // The curve starts where 1/N may hold.
    expect(lines.find((line) => /^ *\d/.test(line))).toMatch(/^ *10 /);
    expect((await plan(`--bias 20 ${of}`)).text).toMatch(
      /note: \d+ images do not exceed the 16 dimensions: bias/,
    );
  });

  it('is sure of no number by a pilot, or a reference, of too few images', async () => {
    const [few, many] = [20, 300];
    const small = await writePool(folder, few, 16, 'few');
    const large = await writePool(folder, many, 16, 'many');
    const note =
      'note: 20 images of 16 dimensions are too few for a reliable C or spread, and C is probably too small; use 24 or more';
    for (const [reference, ...generated] of [[large, small], [small, large], [small]]) {
      const pilot = generated.map(({ path }) => ` --generated ${path}`).join('');
      const { text, lines, out } = await plan(`--bias 0.5 --reference ${reference!.path}${pilot}`);
      expect(lines[0]).toMatch(/^bias below 0\.5: about \d+ images by a rough C; no number/);
      expect(text).toContain(note);
      expect(text).not.toContain('95 % sure');
      expect(readFileSync(join(out, 'plan.csv'), 'utf8')).toMatch(/^10,[\d.e-]+,,,/m);
      expect(schemaErrors(JSON.parse(readFileSync(join(out, 'plan.vl.json'), 'utf8')))).toEqual([]);
    }
    const other = await writePool(folder, many, 16, 'other');
    const enough = await plan(`--bias 0.5 --reference ${large.path} --generated ${other.path}`);
    expect(enough.lines[0]).toContain('to be 95 % sure of C');
  });

  it('takes the protocol of labels and the network as correct does', async () => {
    const size = async (flags: string) => {
      const { lines } = await plan(`--bias 0.5 --dataset imagenet ${flags}`);
      return Number(/: ([\d,]+) images/.exec(lines[0]!)![1]!.replaceAll(',', ''));
    };
    const [balanced, random] = [
      await size('--label-protocol balanced'),
      await size('--label-protocol random'),
    ];
    expect(balanced / random).toBeGreaterThan(0.8);
    expect(balanced / random).toBeLessThan(0.92);
    expect((await plan('--bias 0.5 --dataset imagenet')).text).toContain(
      'note: how labels are drawn is not stated: C is 31,',
    );
    expect(await size('--model clip-vit-l14')).toBeLessThan(balanced / 2);
    await expect(plan('--bias 0.5 --constant 1 --label-protocol none')).rejects.toThrow(
      '--label-protocol none without --dataset',
    );
  });

  it('says where no number of images is enough, and where few are too few for 1/N', async () => {
    const never = await plan('--bias 0.5 --dataset cifar10 --reference-size 50000');
    expect(never.lines[0]).toContain(
      'no number of images is enough; 50,000 reference images alone',
    );
    expect((await plan('--bias 20 --dataset cifar10')).text).toContain('bias does not follow C/N');
  });

  it('refuses to plan for nothing, from nothing, or without what it must know', async () => {
    await expect(plan('--dataset cifar10')).rejects.toThrow('nothing to plan for');
    await expect(plan('--bias 0.5')).rejects.toThrow('nothing to plan from');
    await expect(plan('--bias 0.5 --dataset cifar10 --constant 1')).rejects.toThrow(
      'more than one',
    );
    await expect(plan('--difference 0.3 --dataset cifar10')).rejects.toThrow(
      '--difference 0.3 needs the spread of FID, which is unknown',
    );
    await expect(plan('--bias 0 --dataset cifar10')).rejects.toThrow('invalid --bias: 0');
    await expect(plan('--bias 1 --dataset cifar10 --power 1')).rejects.toThrow(
      'invalid --power: 1',
    );
    for (const wrong of ['--power 0', '--level 0', '--level 1']) {
      const [flag, value] = wrong.split(' ');
      await expect(plan(`--bias 1 --dataset cifar10 ${wrong}`)).rejects.toMatchObject({
        name: 'StudyError',
        message: `invalid ${flag}: ${value}`,
      });
    }
    await expect(plan('--difference 1 --fid 4 --dataset cifar10 --power 0.02')).rejects.toThrow(
      'power 0.02 at level 0.05; not between half the level and 1',
    );
    await expect(plan('--bias 1 --generated x.npy --constant 1')).rejects.toThrow(
      'without a reference',
    );
  });
});
