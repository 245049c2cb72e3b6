import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeNpyRows } from '../src/arrays/npy-writer.ts';
import { writeStatisticsNpz } from '../src/arrays/statistics-npz.ts';
import { temporaryFolder } from './arrays/folder.ts';
import { randomMatrix } from './linalg/plain.ts';
import { diagonalStatistics } from './metrics/gaussians.ts';

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const folder = temporaryFolder();

/** Runs an example as a reader would; it imports `fid-study`, which is dist/. */
function run(name: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(examples, name), ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the example', () => {
  it('sweep.mjs measures the bias of the built-in surrogate and leaves tables and charts', () => {
    const out = join(folder, 'sweep');
    const { status, stdout, stderr } = run('sweep.mjs', out);
    expect([status, stderr]).toEqual([0, '']);
    // At 250 and 500 of 2,048 dimensions; theory has the larger bias at the smaller size.
    const biases = [...stdout.matchAll(/^\d+ images: FID is ([\d.]+) ± [\d.]+ too high$/gm)];
    expect(biases).toHaveLength(2);
    const [first, second] = biases.map(([, bias]) => Number(bias));
    expect(first! / second!).toBeGreaterThan(1.4);
    expect(first! / second!).toBeLessThan(2);
    expect(stdout.endsWith(`tables and charts: ${out}\n`)).toBe(true);
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining(['estimates.csv', 'performance.csv', 'report.html']),
    );
  });

  it('fid.mjs gives the FID of two statistics files, or says how to mend them', async () => {
    const [a, b, other] = ['a', 'b', 'other'].map((name) => join(folder, `${name}.npz`));
    await writeStatisticsNpz(a!, { ...diagonalStatistics([0, 0], [1, 1]), dimension: 2 });
    await writeStatisticsNpz(b!, { ...diagonalStatistics([1, 0], [4, 1]), dimension: 2 });
    await writeStatisticsNpz(other!, { ...diagonalStatistics([0], [1]), dimension: 1 });
    expect(run('fid.mjs', a!, b!)).toEqual({
      status: 0,
      stdout: 'FID 2.0000, of which the means make 1.0000\n',
      stderr: '',
    });
    const { status, stdout, stderr } = run('fid.mjs', a!, other!);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^reference has 2 dimensions, generated 1\n {2}compare features/);
  });

  describe('rank.mjs', () => {
    beforeAll(async () => {
      const sets = { real: [400, 1], near: [300, 1.1], far: [250, 2] } as const;
      for (const [name, [rows, scale]] of Object.entries(sets)) {
        const data = randomMatrix(rows, 4, name).data.map((value) => scale * value);
        await writeNpyRows(join(folder, `${name}.npy`), 4, [Float32Array.from(data)]);
      }
    });

    it('ranks sets of different N at one N, with FID at infinity and how sure it is', () => {
      const { status, stdout, stderr } = run('rank.mjs', 'real.npy', 'far.npy', 'near.npy');
      expect([status, stderr]).toEqual([0, '']);
      // Of normals scaled by s in four dimensions FID is 4 (s − 1)²: 0.04 and 4.
      const lines = stdout.split('\n');
      expect(lines[0]).toMatch(/^1\. near\.npy: FID of 250 images 0\.\d\d ± 0\.\d\d$/);
      expect(lines[2]).toMatch(/^2\. far\.npy: FID of 250 images [34]\.\d\d ± \d\.\d\d$/);
      for (const line of [lines[1], lines[3]]) {
        expect(line).toMatch(/^ {3}at infinity: -?\d+\.\d\d, 95 % interval -?[\d.]+ to [\d.]+$/);
      }
      expect(lines[4]).toMatch(/^near\.npy is surely better than far\.npy, by [34]\.\d\d \(/);
    });
  });

  it('metric.mjs gives a metric of its own, with an error of parts', async () => {
    for (const [name, shift] of [
      ['m-real', 0],
      ['m-fake', 1],
    ] as const) {
      const { data } = randomMatrix(500, 4, name);
      await writeNpyRows(join(folder, `${name}.npy`), 4, [
        Float32Array.from(data, (x) => x + shift),
      ]);
    }
    const { status, stdout, stderr } = run('metric.mjs', 'm-real.npy', 'm-fake.npy');
    expect([status, stderr]).toEqual([0, '']);
    // Moved by 1 in each of four dimensions.
    const [, value, se] = /^distance of the means (\d\.\d+) ± (\d\.\d+); bias in N/.exec(stdout)!;
    expect(Math.abs(Number(value) - 4)).toBeLessThan(5 * Number(se) + 0.05);
  });

  it.each(['fid.mjs', 'rank.mjs', 'metric.mjs'])(
    '%s without arguments says what it takes',
    (name) => {
      expect(run(name)).toMatchObject({ status: 2, stdout: '', stderr: /^usage: node examples\// });
    },
  );
});
