import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { readStatisticsNpz, writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { StudyError } from '../../src/errors.ts';
import { openSide } from '../../src/sides/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { randomStatistics } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';

const folder = temporaryFolder();
const stats = (...args: string[]) => runCommand(statsCommand(), args);

describe('study stats', () => {
  it('writes mu and sigma of a set, and says where', async () => {
    const { path, x } = await writePool(folder, 50, 6);
    const out = join(folder, 'fifty.npz');
    const lines = await stats(path, '--out', out);
    expect(lines).toEqual(['mean and covariance of 50 images, d = 6', out]);
    const { mean, covariance, dtype } = await readStatisticsNpz(out);
    const expected = plainMoments(x);
    expect(dtype).toBe('float64');
    expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-14);
    expect(largestDifference(covariance, expected.covariance)).toBeLessThan(1e-14);
  });

  it('names the network, and says where the covariance is singular', async () => {
    const path = await writeCacheFolder(join(folder, 'few'), 4, 6);
    const lines = await stats(path, '--out', join(folder, 'few.npz'));
    expect(lines.slice(0, 2)).toEqual([
      'mean and covariance of 4 images, d = 6, net (clean)',
      'note: the covariance of 4 images is singular: its rank is at most 3',
    ]);
  });

  it('writes float32 as clean-fid does, from statistics too', async () => {
    const { path } = await writePool(folder, 50, 6);
    const [double, single] = [join(folder, 'double.npz'), join(folder, 'single.npz')];
    await stats(path, '--out', double);
    const lines = await stats(double, '--out', single, '--dtype', 'float32');
    expect(lines).toEqual(['mean and covariance of 50 images, d = 6', single]);
    const [wide, narrow] = [await readStatisticsNpz(double), await readStatisticsNpz(single)];
    expect(narrow.dtype).toBe('float32');
    expect(narrow.covariance).toEqual(wide.covariance.map(Math.fround));
  });

  it('writes N and the network into the file, and every command reads them', async () => {
    const path = await writeCacheFolder(join(folder, 'stated'), 20, 6, {
      settings: { description: { mean: [0.5] } },
    });
    const out = join(folder, 'stated.npz');
    await stats(path, '--out', out);
    const side = await openSide(out);
    expect(side).toMatchObject({
      kind: 'statistics',
      rows: 20,
      extractor: {
        name: 'net',
        mode: 'clean',
        sha256: '0'.repeat(64),
        comparable: true,
        settings: { description: { mean: [0.5] } },
      },
    });
    const other = (await writePool(folder, 50, 6)).path;
    const json = async (command: Command, ...args: string[]) =>
      JSON.parse((await runCommand(command, [...args, '--json'])).join('\n'));
    const fid = await json(fidCommand(), out, other);
    expect(fid).toMatchObject({ num_ref: 20, num_gen: 50 });
    expect(fid.bias.reference).toBeGreaterThan(0);
    const estimate = await json(estimateCommand(), out, '--reference', other);
    expect(estimate.num_gen).toBe(20);
    await expect(
      runCommand(estimateCommand(), [out, '--reference', other, '--size', '21']),
    ).rejects.toThrow(`--size 21, but ${out} has 20 images`);
    const foreign = await writeCacheFolder(join(folder, 'foreign'), 20, 6, { mode: 'legacy' });
    await expect(runCommand(fidCommand(), [out, foreign])).rejects.toThrow(
      'different modes: clean and legacy',
    );
  });

  it('takes N of other tools’ statistics by --size, and asks for it', async () => {
    const { mean, covariance } = randomStatistics(6, 50, 'bare');
    const [bare, stated] = [join(folder, 'bare.npz'), join(folder, 'sized.npz')];
    await writeStatisticsNpz(bare, { mean, covariance, dimension: 6 });
    expect(await stats(bare, '--out', stated)).toEqual([
      'mean and covariance of a set of unstated size, d = 6',
      'note: the number of images is not in the file: --size writes it',
      stated,
    ]);
    await stats(bare, '--size', '50', '--out', stated);
    expect(await openSide(stated)).toMatchObject({ rows: 50, extractor: null });
  });

  it('keeps the spatial statistics of ADM', async () => {
    const [one, two] = [randomStatistics(4, 30, 'one'), randomStatistics(3, 30, 'two')];
    const [adm, out] = [join(folder, 'adm.npz'), join(folder, 'kept.npz')];
    const spatial = { ...two, dimension: 3 };
    await writeStatisticsNpz(adm, { ...one, dimension: 4 }, 'float64', { spatial });
    await stats(adm, '--out', out);
    const side = await openSide(out);
    if (side.kind !== 'statistics') throw new Error(side.kind);
    expect(await side.spatial?.()).toMatchObject({ dimension: 3, covariance: two.covariance });
  });

  it('gives the same bytes each time', async () => {
    const { path } = await writePool(folder, 50, 6);
    const outs = ['first.npz', 'second.npz'].map((name) => join(folder, name));
    for (const out of outs) await stats(path, '--out', out);
    expect(readFileSync(outs[0]!).equals(readFileSync(outs[1]!))).toBe(true);
  });

  it('refuses one image, a NaN, and a name without .npz, and writes nothing', async () => {
    const out = join(folder, 'never.npz');
    const one = (await writePool(folder, 1, 6, 'one')).path;
    await expect(stats(one, '--out', out)).rejects.toThrow(`${one} has 1 row`);
    const bad = join(folder, 'nan.npy');
    await writeNpyRows(bad, 2, [Float32Array.of(1, 2, Number.NaN, 4)]);
    await expect(stats(bad, '--out', out)).rejects.toThrow('has the value NaN in row 1, column 0');
    await expect(stats(bad, '--out', 'never.npy')).rejects.toThrow('not an .npz: never.npy');
    await expect(stats(join(folder, 'none.npy'), '--out', out)).rejects.toThrow(StudyError);
    expect(existsSync(out)).toBe(false);
  });
});
