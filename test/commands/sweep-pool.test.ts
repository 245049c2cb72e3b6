import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { stratifiedOrder } from '../../src/random/stratified.ts';
import { stream } from '../../src/random/stream.ts';
import { readEstimates } from '../../src/tables/estimates.ts';
import { readPerformance } from '../../src/tables/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';
import { ALL_FILES, bytesOf, filesIn, manifestOf, sweepOf } from './sweeps.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const d = 8;
const pool = await writePool(folder, 120, d, 'generated');
const reference = await writePool(folder, 90, d, 'real');
const sides = ['--reference', reference.path, '--generated', pool.path];
const full = [...sides, '--sizes', '6,30,60,120', '--seeds', '4'];

const rowsOf = (out: string) => readEstimates(join(out, 'estimates.csv'));
const lines = await sweepOf(...full, '--out', at('full'));
const rows = await rowsOf(at('full'));

describe('study sweep of a pool', () => {
  it('draws the whole pool once, and that draw is the FID of all its rows', async () => {
    expect(filesIn(at('full'))).toEqual(ALL_FILES);
    expect(rows.map(({ size, seed }) => [size, seed])).toEqual([
      ...[6, 30, 60].flatMap((size) => [1, 2, 3, 4].map((seed) => [size, seed])),
      [120, 1],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ source: 'generated', pool: 120, replacement: false });
    }
    const printed = await runCommand(fidCommand(), [reference.path, pool.path, '--json']);
    const { fid } = JSON.parse(printed.join('\n'));
    expect(Math.abs(rows.at(-1)!.estimate! - fid)).toBeLessThan(1e-12);
  });

  it('holds bias against the intercept, and gives a corrected SD beside the raw one', async () => {
    const { estimand, notes, pool: size, reference_size, inputs } = manifestOf(at('full'));
    expect(estimand).toMatchObject({ kind: 'intercept', se: expect.any(Number) });
    expect([size, reference_size]).toEqual([120, 90]);
    expect(inputs.generated).toMatchObject({ path: pool.path, rows: 120, model: null });
    expect(inputs.generated.sha256).toMatch(/^[0-9a-f]{64}$/);
    const performance = await readPerformance(join(at('full'), 'performance.csv'));
    const of = (n: number, measure: string) =>
      performance.find((row) => row.size === n && row.measure === measure)!.value;
    for (const n of [6, 30, 60]) {
      const factor = Math.sqrt(1 / (1 - n / 120));
      expect(of(n, 'empirical_se_corrected')! / of(n, 'empirical_se')!).toBeCloseTo(factor, 12);
    }
    expect(of(120, 'empirical_se_corrected')).toBeNull();
    expect(lines.filter((line) => line.startsWith('note: '))).toEqual(
      notes.map((note: string) => `note: ${note}`),
    );
    expect(notes).toHaveLength(3);
    expect(lines.find((line) => line.startsWith('estimand: '))).toMatch(
      /^estimand: intercept of FID on 1\/N against 90 references, .*, standard error [\d.]+$/,
    );
  });

  it('makes any draw alone as it was among the others', async () => {
    await sweepOf(...full, '--seed-list', '3', '--out', at('three'));
    const three = await rowsOf(at('three'));
    expect(three.slice(0, 3)).toEqual(rows.filter(({ seed }) => seed === 3));
    // The whole pool is the same for every seed.
    expect(three[3]).toEqual({ ...rows.at(-1)!, seed: 3 });
    await sweepOf(...sides, '--sizes', '30', '--seed-list', '3', '--out', at('alone'));
    const [alone] = await rowsOf(at('alone'));
    expect(Math.abs(alone!.estimate! / three[1]!.estimate! - 1)).toBeLessThan(1e-12);
  });

  it('draws with replacement too, even more than the pool holds, and says so', async () => {
    const flags = [...sides, '--sizes', '60,120,500', '--seeds', '3', '--replacement'];
    const printed = await sweepOf(...flags, '--out', at('replacement'));
    const drawn = await rowsOf(at('replacement'));
    expect(drawn).toHaveLength(9);
    for (const { replacement } of drawn) expect(replacement).toBe(true);
    expect(new Set(drawn.map(({ estimate }) => estimate)).size).toBe(9);
    expect(printed.filter((line) => /^note: draws are with replacement/.test(line))).toHaveLength(
      1,
    );
    const performance = bytesOf(at('replacement'))[1];
    expect(performance).not.toContain('empirical_se_corrected');
  });

  it('takes statistics as reference, and holds bias against the whole pool when told to', async () => {
    const npz = at('real.npz');
    await writeStatisticsNpz(npz, { ...plainMoments(reference.x), dimension: d });
    const flags = ['--reference', npz, '--generated', pool.path, '--sizes', '6,30,60,120'];
    await sweepOf(...flags, '--seeds', '4', '--estimand', 'pool', '--out', at('statistics'));
    const { estimand, reference_size } = manifestOf(at('statistics'));
    expect(estimand.kind).toBe('pool');
    expect(estimand.value).toBeCloseTo(rows.at(-1)!.estimate!, 12);
    expect(reference_size).toBeNull();
    for (const [i, { estimate }] of (await rowsOf(at('statistics'))).entries()) {
      expect(Math.abs(estimate! - rows[i]!.estimate!)).toBeLessThan(1e-12);
    }
  });

  it('draws from the folder that study extract leaves, one draw of one size', async () => {
    const model = { comparable: false };
    const real = await writeCacheFolder(at('real'), 40, d, model);
    const generated = await writeCacheFolder(at('samples'), 50, d, model);
    const flags = ['--reference', real, '--generated', generated, '--sizes', '20', '--seeds', '1'];
    const printed = await sweepOf(...flags, '--out', at('single'));
    const [row, ...more] = await rowsOf(at('single'));
    expect(more).toEqual([]);
    expect(row).toMatchObject({ source: 'samples', size: 20, seed: 1, status: 'ok' });
    expect(printed).toContain('note: FIDs of net are not comparable with published FIDs');
    expect(manifestOf(at('single'))).toMatchObject({
      fit: null,
      estimand: { kind: 'pool' },
      inputs: { generated: { model: 'net', mode: 'clean' } },
    });
  });

  it('keeps the class proportions if labels are given, and says so', async () => {
    const labels = at('labels.txt');
    // The generated pool sorted by class: whole draws of 6 are one of each class.
    writeFileSync(
      labels,
      Array.from({ length: 120 }, (_, i) => `${Math.floor(i / 20)}\n`).join(''),
    );
    const flags = [...sides, '--sizes', '6,60,114', '--seeds', '2', '--labels', labels];
    const printed = await sweepOf(...flags, '--out', at('labels'));
    const drawn = await rowsOf(at('labels'));
    expect(printed.some((line) => line.includes('keep the class proportions'))).toBe(true);
    expect(manifestOf(at('labels')).inputs.labels).toMatchObject({ count: 6, smallest: 20 });
    // Each draw can be had again: the rows of its stratified order, and those that it leaves out.
    const order = stratifiedOrder(
      Uint32Array.from({ length: 120 }, (_, i) => Math.floor(i / 20)),
      stream(0, 2, 'draw'),
    );
    for (const size of [60, 114]) {
      const { mean, covariance } = plainMoments(rowsOfMatrix(pool.x, order.slice(0, size)));
      const { distance } = await frechetDistance(plainMoments(reference.x), { mean, covariance });
      const row = drawn.find((each) => each.size === size && each.seed === 2)!;
      expect(Math.abs(row.estimate! - distance)).toBeLessThan(1e-9);
    }
    const both = sweepOf(...flags, '--replacement', '--out', at('never'));
    await expect(both).rejects.toThrow('--labels does not work with --replacement');
    const surrogate = sweepOf('--labels', labels, '--out', at('never'));
    await expect(surrogate).rejects.toThrow('--labels needs a pool of images, not a surrogate');
  });
});

function rowsOfMatrix({ data, columns }: Matrix, indices: Uint32Array): Matrix {
  const rows = [...indices].flatMap((i) => [...data.subarray(i * columns, (i + 1) * columns)]);
  return { data: Float64Array.from(rows), rows: indices.length, columns };
}
