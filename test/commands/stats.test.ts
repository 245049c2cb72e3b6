import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { readStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
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
    expect(lines).toEqual(['mean and covariance of a set of unstated size, d = 6', single]);
    const [wide, narrow] = [await readStatisticsNpz(double), await readStatisticsNpz(single)];
    expect(narrow.dtype).toBe('float32');
    expect(narrow.covariance).toEqual(wide.covariance.map(Math.fround));
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
