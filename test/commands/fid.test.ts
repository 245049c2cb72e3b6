import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { StudyError } from '../../src/errors.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { diagonalStatistics, randomStatistics } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';

const folder = temporaryFolder();
const d = 8;
const fid = (...args: string[]) => runCommand(fidCommand(), args);

async function fidJson(...args: string[]) {
  return JSON.parse((await fid(...args, '--json')).join('\n'));
}

/** A .npy and the statistics of its rows beside it. */
async function bothKinds(rows: number, name: string) {
  const { path, x } = await writePool(folder, rows, d, name);
  const statistics = plainMoments(x);
  const npz = join(folder, `${name}.npz`);
  await writeStatisticsNpz(npz, { ...statistics, dimension: d });
  return { npy: path, npz, statistics };
}

describe('study fid', () => {
  it.each([
    [40, 30],
    [40, 5],
    [5, 40],
  ])(
    'is the same from features as from statistics, %i against %i images of 8 dimensions',
    async (m, n) => {
      const reference = await bothKinds(m, `reference-${m}`);
      const generated = await bothKinds(n, `generated-${n}`);
      const expected = await frechetDistance(reference.statistics, generated.statistics);
      for (const ref of [reference.npy, reference.npz]) {
        for (const gen of [generated.npy, generated.npz]) {
          const result = await fidJson(ref, gen);
          expect(Math.abs(result.fid - expected.distance)).toBeLessThan(1e-6);
          expect(Math.abs(result.mean_term - expected.meanTerm)).toBeLessThan(1e-12);
          const { trace_reference, trace_generated, trace_sqrt } = result;
          expect(result.fid).toBeCloseTo(
            result.mean_term + trace_reference + trace_generated - 2 * trace_sqrt,
            12,
          );
          expect(result.reference).toMatchObject({
            path: ref,
            dimension: d,
            rows: ref.endsWith('npy') ? m : null,
          });
        }
      }
    },
  );

  it('refuses damaged statistics on either side', async () => {
    const { npz, statistics } = await bothKinds(40, 'sound');
    const { mean, covariance } = statistics;
    const damaged = async (name: string, change: (values: Float64Array) => void) => {
      const values = covariance.slice();
      change(values);
      const path = join(folder, `${name}.npz`);
      await writeStatisticsNpz(path, { mean, covariance: values, dimension: d });
      return path;
    };
    const negative = await damaged('negative', (values) => {
      for (const [at, value] of values.entries()) values[at] = -value;
    });
    const indefinite = await damaged('indefinite', (values) => {
      values[1] = 3 * Math.sqrt(values[0]! * values[d + 1]!);
      values[d] = values[1];
    });
    for (const sides of [
      [negative, npz],
      [npz, negative],
      [negative, negative],
    ]) {
      await expect(fid(...sides)).rejects.toThrow(/sigma in .*negative\.npz has the variance -/);
    }
    for (const sides of [
      [indefinite, npz],
      [npz, indefinite],
      [indefinite, indefinite],
    ]) {
      await expect(fid(...sides)).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringMatching(
          /covariance of .*indefinite\.npz is not positive semidefinite/,
        ),
      });
    }
  });

  it('says of one set beside itself once that it has few images', async () => {
    const { npy } = await bothKinds(5, 'twice');
    const few = (await fid(npy, npy)).filter((line) => line.includes('no more images'));
    expect(few).toHaveLength(1);
  });

  it('prints terms that add up, N of both sides, and what one must know of them', async () => {
    const reference = await writeCacheFolder(join(folder, 'real'), 2000, d, { comparable: false });
    const { npy } = await bothKinds(5, 'few');
    const lines = await fid(reference, npy);
    expect(lines.map((line) => line.split(/ {2,}\S*$/)[0])).toEqual([
      'FID',
      '  |μ − m|²',
      expect.stringMatching('tr Q'),
      expect.stringMatching('tr P'),
      expect.stringMatching('tr .Q.½ P'),
      `reference  N = 2,000, d = 8, net (clean): ${reference}`,
      `generated  N = 5, d = 8: ${npy}`,
      'note: distances of net are not comparable with published FIDs',
      `note: ${npy} does not say which network made the features`,
      `note: ${npy} has no more images than dimensions: the bias of this FID is large`,
      expect.stringMatching(
        /^note: at least about [\d.]+ of this FID is bias, [\d.]+ from N = 5 and [\d.]+ from M = 2,000, for Gaussian/,
      ),
    ]);
    const [total, mean, q, p, root] = lines
      .slice(0, 5)
      .map((line) => Number(line.split(/\s+/).at(-1)));
    expect(Math.abs(total! - (mean! + q! + p! - 2 * root!))).toBeLessThan(4e-5);
  });

  it('prints JSON that gives back every number, and the extractor of each side', async () => {
    const a = await writeCacheFolder(join(folder, 'a'), 20, d);
    const b = await writeCacheFolder(join(folder, 'b'), 30, d);
    const result = await fidJson(a, b);
    expect(result.generated).toMatchObject({
      path: b,
      kind: 'features',
      rows: 30,
      dimension: d,
      extractor: { name: 'net', mode: 'clean', comparable: true },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(result.notes).toEqual([expect.stringContaining('exceeds this FID')]);
    expect(result).toMatchObject({ num_gen: 30, num_ref: 20 });
    const { generated, constant_generated } = result.bias;
    expect(generated).toBeCloseTo(constant_generated / 30, 12);
  });

  it('estimates the bias that the FID of two samples of one distribution is', async () => {
    const rows = 400;
    const a = await writePool(folder, rows, d, 'half-a');
    const b = await writePool(folder, rows, d, 'half-b');
    const { fid: value, bias } = await fidJson(a.path, b.path);
    // All of it is bias, and at N/d = 50 its SD is a tenth of it or two.
    expect((bias.generated + bias.reference) / value).toBeGreaterThan(0.5);
    expect((bias.generated + bias.reference) / value).toBeLessThan(2);
  });

  it('says of statistics that their N is not stated, and what their bias would be', async () => {
    const { npz } = await bothKinds(40, 'unstated');
    const { npy } = await bothKinds(30, 'stated');
    const { notes, num_ref, bias } = await fidJson(npz, npy);
    expect([num_ref, bias.reference]).toEqual([null, null]);
    expect(notes.join('\n')).toMatch(/bias from N = 30, for Gaussian/);
    expect(notes.join('\n')).toMatch(/unstated\.npz does not state its number of images M:/);
  });

  it('is zero of a set with itself, features or statistics', async () => {
    const { npy, npz } = await bothKinds(30, 'itself');
    for (const path of [npy, npz]) {
      expect(Math.abs((await fidJson(path, path)).fid)).toBeLessThan(1e-13);
      expect((await fid(path, path))[0]).toMatch(/^FID +0\.0+$/);
    }
  });

  it('refuses features of different models or modes unless it is forced', async () => {
    const a = await writeCacheFolder(join(folder, 'net'), 20, d);
    for (const [other, words] of [
      [{ name: 'other' }, 'different models: net and other'],
      [{ mode: 'legacy' }, 'different modes: clean and legacy'],
      [{ sha256: 'f'.repeat(64) }, 'different builds of net'],
    ] as const) {
      const b = await writeCacheFolder(join(folder, `not-${Object.keys(other)[0]}`), 20, d, other);
      await expect(fid(a, b)).rejects.toThrow(StudyError);
      await expect(fid(a, b)).rejects.toThrow(words);
      expect((await fid(a, b, '--force')).join('\n')).toContain(
        `note: the two sides have features of ${words}`,
      );
    }
  });

  it('refuses different dimensions even when forced', async () => {
    const { npy } = await bothKinds(20, 'wide');
    const narrow = join(folder, 'narrow.npz');
    await writeStatisticsNpz(narrow, { ...diagonalStatistics([0, 0], [1, 1]), dimension: 2 });
    await expect(fid(npy, narrow, '--force')).rejects.toThrow(
      `${npy} has features of 8 dimensions, ${narrow} of 2`,
    );
  });

  it('refuses a single image, a NaN, images without a model, and what is none of these', async () => {
    const { npy } = await bothKinds(20, 'good');
    const one = (await writePool(folder, 1, d, 'one')).path;
    await expect(fid(npy, one)).rejects.toThrow(`${one} has 1 row`);
    await expect(fid(one, npy)).rejects.toThrow(`${one} has 1 row`);

    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(fid(npy, empty)).rejects.toThrow(`no images in ${empty}`);
    const images = join(folder, 'images.npz');
    const pixels = { shape: [2, 2, 2, 3], values: new Uint8Array(24) };
    await writeNpz(images, { arr_0: pixels });
    await expect(fid(npy, images)).rejects.toThrow(`no model for the images in ${images}`);
    const other = join(folder, 'other.npz');
    await writeNpz(other, { data: { ...pixels, shape: [24] } });
    await expect(fid(npy, other)).rejects.toThrow(
      'holds neither statistics, features nor images but: data',
    );

    await expect(fid(npy, join(folder, 'none.npy'))).rejects.toThrow('no such file');
    await expect(fid(npy, join(folder, 'none.npz'))).rejects.toThrow('no such file');
    const text = join(folder, 'text.npz');
    writeFileSync(text, 'no zip');
    await expect(fid(npy, text)).rejects.toThrow(StudyError);
  });

  it('takes an .npz of both images and statistics as statistics, and says so', async () => {
    const { mean, covariance } = randomStatistics(d, 30, 'both');
    const both = join(folder, 'both.npz');
    await writeNpz(both, {
      arr_0: { shape: [2, 2, 2, 3], values: new Uint8Array(24) },
      mu: { shape: [d], values: mean },
      sigma: { shape: [d, d], values: covariance },
    });
    const { reference, notes } = await fidJson(both, both);
    expect(reference).toMatchObject({ kind: 'statistics' });
    expect(notes[0]).toMatch(
      /both\.npz holds images too: its statistics are used, which are of more images/,
    );
    await expect(fid(both, both, '--model', 'nsfw-inception-v3')).rejects.toMatchObject({
      message: `--model nsfw-inception-v3 without images to extract: ${both} holds statistics`,
      hint: expect.stringContaining(`run study extract --images ${both}`),
    });
  });
});
