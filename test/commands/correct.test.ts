import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { correctCommand } from '../../src/commands/correct.ts';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import { Z95 } from '../../src/theory/normal.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { diagonalStatistics } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const correct = (text: string, ...more: string[]) =>
  runCommand(correctCommand(), [...text.split(' '), ...more]);
const CFM = '--fid 9.75 --from 5000 --to 50000';
const NONE = '--label-protocol none';
const json = async (text: string) => JSON.parse((await correct(`${text} --json`)).join('\n'));

describe('study correct', () => {
  it('converts the report of Conditional Flow Matching, and says with what', async () => {
    const lines = await correct(`${CFM} --dataset cifar10 ${NONE}`);
    expect(lines[0]).toMatch(
      /^FID 9\.75 with 5,000 images → 5\.\d\d with 50,000 images, 95 % interval 4\.\d\d to 5\.\d\d$/,
    );
    expect(lines[1]).toMatch(/^C = 26,\d00 ± \d00, \d\.\d % between models: cifar10, 8 published/);
    expect(lines.slice(2)).toEqual([
      "note: the number M of reference images is not stated: the same M is assumed for both FIDs, so the reference's bias C/M stays (--reference-size)",
    ]);
    expect(await correct(`${CFM} --dataset cifar10 ${NONE} --reference-size 50000`)).toHaveLength(
      2,
    );
  });

  it('lists arithmetic and sources when asked to explain itself', async () => {
    const text = (await correct(`${CFM} --dataset cifar10 --explain`)).join('\n');
    expect(text).toContain('Δ(1/N + 1/M) = 1/5,000 − 1/50,000 = 0.00018');
    for (const source of ['2006.11239', 'kwotsin/mimicry', 'stylegan2-ada/issues/53']) {
      expect(text.indexOf(source)).toBeLessThan(text.indexOf('not used in C'));
      expect(text).toContain(source);
    }
    expect(text.indexOf('OT-CFM')).toBeGreaterThan(text.indexOf('not used in C'));
  });

  it('prints JSON with both ends, errors and sources', async () => {
    const result = await json(`${CFM} --dataset cifar10 --reference-size 50000`);
    expect(result).toMatchObject({
      reported: { fid: 9.75, num_gen: 5000, num_ref: 50_000 },
      corrected: { fid: expect.any(Number), num_gen: 50_000, num_ref: 50_000 },
      reliable: true,
      notes: [],
      errors: { constant: expect.any(Number) },
    });
    expect(result.constant.pairs).toHaveLength(8);
    const infinite = await json(`--fid 9.75 --from 5000 --to inf --constant 26000`);
    expect(infinite.corrected.num_gen).toBe('inf');
    expect(infinite.corrected.fid).toBeCloseTo(9.75 - 5.2, 12);
  });

  it('takes the protocol of labels, and covers all where it is not told', async () => {
    const UVIT = '--fid 12.06779 --from 10000 --to 50000 --dataset imagenet';
    const random = await json(`${UVIT} --label-protocol random --leave-out U-ViT`);
    const balanced = await json(`${UVIT} --label-protocol balanced`);
    const unknown = await json(UVIT);
    // Of random labels 9.31 was reported; the constant of balanced ones takes too little away.
    expect(random.lower).toBeLessThan(9.31433);
    expect(random.upper).toBeGreaterThan(9.31433);
    expect(balanced.corrected.fid - random.corrected.fid).toBeGreaterThan(0.3);
    expect(unknown.lower).toBeLessThan(random.corrected.fid);
    expect(unknown.upper).toBeGreaterThan(balanced.corrected.fid);
    const lines = await correct(`${UVIT} --label-protocol random`);
    expect(lines[1]).toContain(': imagenet, random labels, 3 published pairs');
    expect((await correct(UVIT)).join('\n')).toMatch(
      /how labels are drawn is not stated: C is 31,\d00 of balanced and 3\d,\d00 of random labels/,
    );
  });

  it('says what the labels of the sources leave open', async () => {
    const noteOf = async (flags: string) => (await correct(`${CFM} ${flags}`)).join('\n');
    expect(await noteOf('--dataset cifar10 --label-protocol balanced')).toContain(
      'note: no source has balanced labels: the interval allows for',
    );
    expect(await noteOf('--dataset ffhq --label-protocol balanced')).toContain(
      'note: published images of ffhq have no class labels',
    );
    expect(await noteOf('--dataset imagenet --model clip-vit-l14')).toContain(
      'note: how labels were drawn is not known of the sources: the interval allows for',
    );
  });

  it('takes the network of published distances by --model', async () => {
    const flags = '--fid 40 --from 10000 --to 50000 --dataset imagenet';
    const { constant } = await json(`${flags} --model dinov2-vit-l14`);
    expect(constant).toMatchObject({ network: 'dinov2-vit-l14', dimension: 1024 });
    expect(await json(`${flags} --model fid-inception`)).toEqual(await json(flags));
    await expect(correct(`${flags} --model nsfw-inception-v3`)).rejects.toThrow(
      'no published constants of the network: nsfw-inception-v3',
    );
    await expect(
      correct('--fid 40 --from 10000 --to 50000 --dataset ffhq --model dinov2-vit-l14'),
    ).rejects.toThrow('no published constant of the data set by dinov2-vit-l14: ffhq');
  });

  it('refuses a protocol of labels of a constant that is not published', async () => {
    await expect(correct(`${CFM} --constant 1 ${NONE}`)).rejects.toThrow(
      '--label-protocol none without --dataset',
    );
    await expect(correct(`${CFM} --dataset imagenet --label-protocol sorted`)).rejects.toThrow(
      /Allowed choices are balanced, random, none/,
    );
  });

  it('takes reference sizes into account', async () => {
    const flags = '--fid 5.24 --from 50000 --to 50000 --constant 25875';
    const { corrected } = await json(`${flags} --reference-size 10000 --to-reference-size 50000`);
    expect(corrected.fid).toBeCloseTo(3.17, 10);
    await expect(correct(`${flags} --to-reference-size 10000`)).rejects.toThrow(
      'without the size behind the reported FID',
    );
  });

  it('uses the Gaussian constant of a statistics file, raised for tails it cannot see', async () => {
    const path = join(folder, 'real.npz');
    const variances = [4, 1, 0.25];
    await writeStatisticsNpz(path, { ...diagonalStatistics([0, 0, 0], variances), dimension: 3 });
    const { constant, notes } = await json(`${CFM} --reference ${path}`);
    const gaussian = gaussianBiasConstant(5.25, Float64Array.from(variances));
    const half = Z95 * constant.se;
    expect(constant.value - half).toBeCloseTo(gaussian, 9);
    expect(constant.value + half).toBeCloseTo(1.45 * gaussian, 9);
    expect(notes[0]).toContain('its interval reaches from 1 to 1.45 times');
    const lines = await correct(`${CFM} --reference ${path}`);
    expect(lines[1]).toContain(`: from the spectrum of ${path}`);
  });

  it('uses fourth moments of a reference that is features', async () => {
    const { path } = await writePool(folder, 400, 4, 'real');
    const lines = await correct(`${CFM} --reference ${path}`);
    expect(lines[1]).toContain(`: from fourth moments of ${path}`);
    expect(lines.join('\n')).toContain('times that of Gaussian ones');
  });

  it('says when it does not know', async () => {
    const small = await correct('--fid 32.17 --from 1000 --to 50000 --dataset cifar10');
    expect(small.at(-1)).toContain('note: not to be relied on: at 1,000 images');
    const church = await correct(`${CFM} --dataset lsun-church`);
    expect(church.join('\n')).toMatch(/one published source.*\n.*a counter-example of LDM/);
    await expect(correct(`${CFM} --dataset lsun-celeba`)).rejects.toThrow('contradict 1/N');
  });

  it('counts the features of the reference at hand, and says where it has too few images', async () => {
    const { path } = await writePool(folder, 400, 16, 'sixteen');
    const of16 = await json(`--fid 9 --from 100 --to 2000 --reference ${path}`);
    expect(of16).toMatchObject({ reliable: true, constant: { dimension: 16, isRough: false } });
    const published = await json('--fid 9 --from 5000 --to 6000 --constant 1');
    expect(published.constant.dimension).toBe(2048);
    // |D/C| is in proportion to the number of features.
    expect(of16.constant.secondOrderScale / published.constant.secondOrderScale).toBeCloseTo(
      16 / 2048,
      12,
    );
    const small = await json(`--fid 9 --from 16 --to 2000 --reference ${path}`);
    expect(small.reliable).toBe(false);
    expect(small.notes.join()).toContain('at 16 images, no more than the 16 features');
    const few = await writePool(folder, 23, 16, 'few');
    const rough = await json(`--fid 9 --from 100 --to 2000 --reference ${few.path}`);
    expect(rough.reliable).toBe(false);
    expect(rough.notes.join()).toContain('the constant is from too few images for 16 features');
  });

  it('says of an interval below 0 that the inputs contradict each other', async () => {
    const flags = '--fid 0.5 --from 5000 --to inf --dataset cifar10';
    const alone = (await correct(flags)).at(-1)!;
    expect(alone).toMatch(
      /^note: the whole interval is below 0, .* of 5,000 images is C\/N ≈ 5\.2; the inputs contradict/,
    );
    const sized = (await correct(`${flags} --reference-size 10000`)).at(-1)!;
    expect(sized).toContain('C/N ≈ 5.2, that of 10,000 references C/M ≈ 2.6; the inputs');
    // An interval that reaches 0 is that of a small FID.
    const small = (await correct('--fid 5 --from 5000 --to inf --dataset cifar10')).join('\n');
    expect(small).toContain('a negative value is what');
    expect(small).not.toContain('contradict');
  });

  it('takes an FID of 0 as programs round it, and none that is really below', async () => {
    const { reported } = await json('--fid=-5e-5 --from 5000 --to 6000 --constant 1');
    expect(reported.fid).toBe(-5e-5);
    await expect(correct('--fid=-3 --from 5000 --to 6000 --constant 1')).rejects.toMatchObject({
      name: 'StudyError',
      message: 'invalid --fid: -3',
    });
  });

  it('leaves out what it is told to', async () => {
    const without = await json(`${CFM} --dataset cifar10 --leave-out ddpm --leave-out mimicry`);
    expect(without.constant.pairs).toHaveLength(3);
    await expect(correct(`${CFM} --dataset cifar10 --leave-out nothing`)).rejects.toThrow(
      'no published pair of a model called nothing',
    );
  });

  it('refuses a missing constant, two of them, and numbers that are none', async () => {
    await expect(correct(CFM)).rejects.toThrow('no constant to correct with');
    await expect(correct(`${CFM} --dataset cifar10 --constant 1`)).rejects.toThrow('more than one');
    await expect(correct(`${CFM} --dataset cifar10 --constant-se 1`)).rejects.toThrow(
      'without --constant',
    );
    await expect(correct(`${CFM} --constant -1`)).rejects.toThrow('invalid --constant: -1');
    await expect(correct('--fid x --from 5000 --to 6000')).rejects.toThrow('invalid --fid: x');
    await expect(correct('--fid 9 --from 1 --to 6000')).rejects.toThrow('invalid --from: 1');
    await expect(correct('--fid 9 --from 5000 --to 1.5')).rejects.toThrow('invalid --to: 1.5');
    await expect(correct(`${CFM} --dataset svhn`)).rejects.toThrow('no published constant');
  });
});
