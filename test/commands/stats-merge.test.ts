import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { type Statistics, writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { openSide } from '../../src/sides/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { randomStatistics } from '../metrics/gaussians.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const stats = (...args: string[]) => runCommand(statsCommand(), args);
const merge = (...args: string[]) => stats('merge', ...args);

async function statistics(path: string) {
  const side = await openSide(path);
  if (side.kind !== 'statistics') throw new Error(side.kind);
  return side;
}

describe('study stats merge', () => {
  it('equals the statistics of all images to 1e-12, of features and of statistics', async () => {
    const { path, x } = await writePool(folder, 97, 7);
    const cuts = [0, 20, 63, 97];
    const parts: string[] = [];
    for (const [i, start] of cuts.slice(0, -1).entries()) {
      const rows = x.data.subarray(start * 7, cuts[i + 1]! * 7);
      await writeNpyRows(at(`part-${i}.npy`), 7, [Float32Array.from(rows)]);
      parts.push(at(`part-${i}.npy`));
    }
    await stats(parts[0]!, '--out', at('part.npz'));
    const out = at('merged.npz');
    const lines = await merge(at('part.npz'), parts[1]!, parts[2]!, '--out', out);
    expect(lines[0]).toBe('mean and covariance of 97 images in 3 sets, d = 7');
    expect(lines.at(-1)).toBe(out);
    const { rows, statistics: merged } = await statistics(out);
    const expected = plainMoments(x);
    expect(rows).toBe(97);
    expect(largestDifference(merged.mean, expected.mean)).toBeLessThan(1e-14);
    expect(largestDifference(merged.covariance, expected.covariance)).toBeLessThan(1e-14);
    await stats(path, '--out', at('whole.npz'));
    const whole = (await statistics(at('whole.npz'))).statistics;
    expect(largestDifference(merged.covariance, whole.covariance)).toBeLessThan(1e-12);
  });

  it('keeps the network where all sets name it, and says which does not', async () => {
    const [a, b] = [await writeCacheFolder(at('a'), 9, 4), await writeCacheFolder(at('b'), 12, 4)];
    const bare = (await writePool(folder, 8, 4, 'bare')).path;
    const lines = await merge(a, b, '--out', at('named.npz'));
    expect(lines[0]).toBe('mean and covariance of 21 images in 2 sets, d = 4, net (clean)');
    expect(await openSide(at('named.npz'))).toMatchObject({ rows: 21, extractor: { name: 'net' } });
    const noted = await merge(a, bare, '--out', at('unnamed.npz'));
    expect(noted).toContain(`note: ${bare} does not say which network made the features`);
    expect(await openSide(at('unnamed.npz'))).toMatchObject({ rows: 17, extractor: null });
  });

  it('adds spatial statistics up where all sets have them', async () => {
    const [p, q] = ['p', 'q'].map((name) => ({ ...randomStatistics(3, 30, name), dimension: 3 }));
    const write = (name: string, of: Statistics, rows: number, spatial?: Statistics) =>
      writeStatisticsNpz(at(name), of, 'float64', { rows, ...(spatial && { spatial }) });
    await write('p.npz', p!, 10, q);
    await write('q.npz', q!, 20, p);
    await write('r.npz', p!, 30);
    await merge(at('p.npz'), at('q.npz'), '--out', at('pq.npz'));
    await merge(at('q.npz'), at('r.npz'), '--out', at('qr.npz'));
    const both = await statistics(at('pq.npz'));
    const spatial = await both.spatial!();
    const expected = p!.mean.map((value, i) => (q!.mean[i]! * 10 + value * 20) / 30);
    expect(largestDifference(spatial.mean, expected)).toBeLessThan(1e-14);
    expect((await statistics(at('qr.npz'))).spatial).toBeUndefined();
  });

  it('refuses other models, modes, dimensions, unknown N, and a set twice', async () => {
    const out = at('never.npz');
    const a = await writeCacheFolder(at('first'), 9, 4);
    const mode = await writeCacheFolder(at('mode'), 9, 4, { mode: 'legacy' });
    const model = await writeCacheFolder(at('model'), 9, 4, { name: 'other' });
    const wide = await writeCacheFolder(at('wide'), 9, 5);
    await writeStatisticsNpz(at('unknown.npz'), {
      ...randomStatistics(4, 30, 'unknown'),
      dimension: 4,
    });
    const refused: [string[], string][] = [
      [[a, mode], 'different modes: clean and legacy'],
      [[a, model], 'different models: net and other'],
      [[a, wide], 'features of 4 dimensions, '],
      [[a, at('unknown.npz')], 'unknown.npz does not state its number of images'],
      [[a, a], `${a} twice`],
      [[a, join(a, 'features.npy')], 'are the same set'],
      [[a], 'only one set to merge'],
      [[a, mode, '--size', '9'], '--size 9 for 2 sets'],
      [[a, mode, '--entry', 'fid'], 'no set is called fid (--entry)'],
    ];
    for (const [args, message] of refused) {
      await expect(merge(...args, '--out', out)).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringContaining(message),
      });
    }
    await expect(merge(a, wide, '--out', 'x.npy')).rejects.toThrow('not an .npz: x.npy');
    expect(existsSync(out)).toBe(false);
  });
});
