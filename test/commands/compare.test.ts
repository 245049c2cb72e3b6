import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { compareCommand } from '../../src/commands/compare.ts';
import { shuffled } from '../../src/estimators/shuffled.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainMoments } from '../linalg/plain.ts';
import { featuresOf, writePool } from '../metrics/feature-pools.ts';
import { randomRows } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const d = 5;
const real = await writePool(folder, 90, d, 'real');

/** Features whose means are off by `offset`. */
async function generated(name: string, rows: number, offset: number) {
  const data = Float32Array.from(randomRows(rows, d, 'compare', name).data, (x) => x + offset);
  const path = at(`${name}.npy`);
  await writeNpyRows(path, d, [data]);
  return { path, x: { data: Float64Array.from(data), rows, columns: d } };
}
const good = await generated('good', 100, 0.05);
const fair = await generated('fair', 100, 0.2);
const poor = await generated('poor', 60, 0.6);

const study = (...args: string[]) => runCommand(compareCommand(), args);
const json = async (...args: string[]) => JSON.parse((await study(...args, '--json')).join('\n'));
const against = ['--reference', real.path];
const fid = async (x: Matrix) =>
  (await frechetDistance(plainMoments(real.x), plainMoments(x))).distance;

/** The first rows of a set in the order of a seed. */
function prefixOf(x: Matrix, size: number, seed: number, classes?: Uint32Array): Matrix {
  const data = new Float64Array(size * d);
  shuffled(featuresOf(x), seed, classes).readBlock(0, size, data);
  return { data, rows: size, columns: d };
}

describe('study compare', () => {
  it('refuses to rank plug-in FIDs at different N, and says which flags correct for it', async () => {
    await expect(study(good.path, poor.path, ...against)).rejects.toMatchObject({
      message: 'plug-in FIDs of different numbers of images cannot be ranked: good 100, poor 60',
      hint: '--correct compares FID at infinity; --size 60 compares draws of 60 images of each',
    });
  });

  it('ranks at equal N, with the difference, its interval, and the chance of a reversal', async () => {
    const { basis, ranking, pairs } = await json(fair.path, good.path, ...against);
    expect(basis).toBe('fid at N = 100');
    expect(ranking.map(({ name }: { name: string }) => name)).toEqual(['good', 'fair']);
    const [a, b] = [await fid(good.x), await fid(fair.x)];
    expect(ranking[0].value).toBeCloseTo(a, 9);
    expect(pairs[0]).toMatchObject({ better: 'good', worse: 'fair' });
    expect(pairs[0].difference).toBeCloseTo(b - a, 9);
    expect(pairs[0].se).toBeCloseTo(Math.hypot(ranking[0].se, ranking[1].se), 12);
    expect(pairs[0].lower).toBeLessThan(pairs[0].difference);
    // Too few images for round numbers: a quarter and a half of them.
    const [quarter, half] = pairs[0].reversals;
    expect([quarter.size, half.size]).toEqual([25, 50]);
    expect(quarter.probability).toBeGreaterThan(half.probability);
    // The mean difference of nested draws in the same three orders of either set.
    let mean = 0;
    for (const seed of [0, 1, 2]) {
      const [x, y] = [prefixOf(good.x, 25, seed), prefixOf(fair.x, 25, seed)];
      mean += ((await fid(y)) - (await fid(x))) / 3;
    }
    expect(quarter.difference).toBeCloseTo(mean, 9);
  });

  it('compares draws of one N of sets that differ in size', async () => {
    const { ranking } = await json(
      good.path,
      poor.path,
      ...against,
      '--size',
      '60',
      '--seeds',
      '2',
    );
    const [first, second] = ranking;
    expect([first.name, second.name]).toEqual(['good', 'poor']);
    const draws = [0, 1].map((seed) => fid(prefixOf(good.x, 60, seed)));
    const mean = (await Promise.all(draws)).reduce((a, b) => a + b) / 2;
    expect(first.value).toBeCloseTo(mean, 9);
    expect(second.value).toBeCloseTo(await fid(poor.x), 9);
    const beyond = study(good.path, poor.path, ...against, '--size', '61');
    await expect(beyond).rejects.toThrow('poor has 60 images, not 61');
  });

  it('compares FID at infinity of sets that differ in size with --correct', async () => {
    const paths = [poor.path, fair.path, good.path];
    const { basis, ranking, pairs } = await json(...paths, ...against, '--correct');
    expect(basis).toBe('fid at infinity');
    expect(ranking.map(({ name }: { name: string }) => name)).toEqual(['good', 'fair', 'poor']);
    for (const { value, se, fid_infinity, fid: plain } of ranking) {
      expect(value).toBe(fid_infinity.estimate);
      expect(value).toBeLessThan(plain);
      // Without the reference's part, which is the same for all.
      expect(se).toBeLessThan(fid_infinity.se);
    }
    // Neighbours first, then the ends.
    expect(pairs.map(({ better, worse }: Record<string, string>) => [better, worse])).toEqual([
      ['good', 'fair'],
      ['fair', 'poor'],
      ['good', 'poor'],
    ]);
  });

  it('prints a ranking and verdicts, and writes CSV, a chart and a manifest', async () => {
    const out = at('out');
    const args = [good.path, fair.path, ...against, '--kid', '--out', out];
    const lines = await study(...args);
    expect(lines[0]).toMatch(
      /^rank {2}set +images +FID at N = 100 ± SE +of which bias +FID at infinity +KID ± SE$/,
    );
    expect(lines[2]).toMatch(/^ +1 {2}good +100 /);
    expect(lines).toContain('(FID against 90 references)');
    expect(lines.some((line) => /^good (is better than|and) fair/.test(line))).toBe(true);
    expect(
      lines.some((line) => /reverse ranking with this many images each: 25: .* %, 50: /.test(line)),
    ).toBe(true);
    expect(lines.at(-1)).toMatch(/^sets\.csv, pairs\.csv, draws\.csv, manifest\.json, .* are in /);
    const names = ['draws.csv', 'fid-against-n.png', 'fid-against-n.svg', 'fid-against-n.vl.json'];
    expect(readdirSync(out).sort()).toEqual([
      ...names,
      'manifest.json',
      'pairs.csv',
      'report.html',
      'sets.csv',
    ]);
    const bytes = () =>
      [...names, 'sets.csv'].map((name) => readFileSync(join(out, name), 'latin1'));
    const before = bytes();
    expect(before[0]!.split('\n').slice(0, 2).join()).toMatch(
      /^name,size,num_ref,seed,fid,bias,good,25,90,0,/,
    );
    await study(...args);
    expect(bytes()).toEqual(before);
  });

  it('draws by class where labels are given', async () => {
    const labels = at('labels.txt');
    writeFileSync(labels, Array.from({ length: 100 }, (_, i) => `${i % 5}\n`).join(''));
    const sets = [good.path, fair.path];
    const { pairs } = await json(...sets, ...against, '--labels', labels, '--seeds', '1');
    const classes = Uint32Array.from({ length: 100 }, (_, i) => i % 5);
    const [x, y] = [good.x, fair.x].map((set) => prefixOf(set, 25, 0, classes));
    const expected = (await fid(y!)) - (await fid(x!));
    expect(pairs[0].reversals[0].difference).toBeCloseTo(expected, 9);
    const three = study(...sets, ...against, '--labels', `${labels},${labels},${labels}`);
    await expect(three).rejects.toThrow('3 label files for 2 sets');
  });

  it('gives the number of references and the bias beside every FID', async () => {
    const { ranking, num_ref } = await json(fair.path, good.path, ...against);
    expect(num_ref).toBe(90);
    for (const set of ranking) {
      expect(set.num_ref).toBe(90);
      expect(set.bias).toBeCloseTo(set.fid - set.fid_infinity.estimate, 12);
      expect(set.value_bias).toBeCloseTo(set.bias, 12);
    }
    const { ranking: limits } = await json(fair.path, good.path, ...against, '--correct');
    expect(limits[0].value_bias).toBeNull();
  });

  it('refuses sizes that contradict what is known, or are not below what is ranked', async () => {
    const sets = [good.path, fair.path, ...against];
    await expect(study(...sets, '--reference-size', '91')).rejects.toThrow(
      `--reference-size 91, but ${real.path} has 90 images`,
    );
    await expect(study(...sets, '--sizes', '25,100')).rejects.toThrow(
      '--sizes 100 is not below the ranking size 100',
    );
    await expect(study(...sets, '--size', '50', '--sizes', '50')).rejects.toThrow(
      'not below the ranking size 50',
    );
  });

  it('takes rows as pairs when told so, and doubts it where they do not correlate', async () => {
    const { pairs, ranking, notes, paired } = await json(
      good.path,
      fair.path,
      ...against,
      '--paired',
    );
    const [a, b] = ranking;
    const { se, correlation } = pairs[0];
    expect(paired).toBe(true);
    expect(se ** 2).toBeCloseTo(a.se ** 2 + b.se ** 2 - 2 * correlation * a.se * b.se, 12);
    // These are drawn independently.
    expect(Math.abs(correlation)).toBeLessThan(0.4);
    expect(notes.join()).toContain('row i of every set is assumed to come from the same latents');
    const unequal = study(good.path, poor.path, ...against, '--size', '50', '--paired');
    await expect(unequal).rejects.toThrow('paired sets of 100 (good) and 60 images (poor)');
  });

  it('refuses one set, statistics, the same features twice and both bases at once', async () => {
    await expect(study(good.path, ...against)).rejects.toThrow('only one set');
    const npz = at('good.npz');
    await writeStatisticsNpz(npz, { ...plainMoments(good.x), dimension: d });
    await expect(study(npz, fair.path, ...against)).rejects.toThrow(`${npz} holds statistics`);
    await expect(study(good.path, good.path, ...against)).rejects.toThrow('are the same features');
    await expect(study(good.path, real.path, ...against)).rejects.toThrow(
      `a set compared with itself: ${real.path} on both sides`,
    );
    const both = study(good.path, fair.path, ...against, '--correct', '--size', '50');
    await expect(both).rejects.toThrow('--correct with --size 50');
    // As a reference statistics will do.
    const known = await json(fair.path, good.path, '--reference', npz);
    expect(known.reference.rows).toBeNull();
    expect(known.num_ref).toBeNull();
    expect(known.notes.join()).toContain(`${npz} does not state its number of images`);
  });
});
