import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { readStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { StudyError } from '../../src/errors.ts';
import { openSide } from '../../src/sides/open.ts';
import type { FeaturesSide } from '../../src/sides/side.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { randomStatistics } from '../metrics/gaussians.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const torch = (name: string) =>
  fileURLToPath(new URL(`../torch/fixtures/${name}.pt`, import.meta.url));
const model = tinyModel(at('tiny.onnx'));

beforeEach(() => vi.stubEnv('STUDY_CACHE', at('cache')));
afterEach(() => vi.unstubAllEnvs());

/** The features of test/torch/fixtures/make-fidelity.py as a .npy. */
async function sameAsNpy(): Promise<string> {
  const values = Float32Array.from({ length: 60 }, (_, i) => ((i * i) % 41) / 8 - 2);
  await writeNpyRows(at('same.npy'), 5, [values]);
  return at('same.npy');
}

async function fid(...args: string[]) {
  return JSON.parse((await runCommand(fidCommand(), [...args, '--json'])).join('\n'));
}

async function sweep(reference: string, generated: string, ...flags: string[]): Promise<string> {
  const out = at(`sweep-${readdirSync(folder).length}`);
  mkdirSync(out);
  await runCommand(sweepCommand(), [
    '--reference',
    reference,
    '--generated',
    generated,
    '--sizes',
    '4,8',
    '--seeds',
    '2',
    '--workers',
    '1',
    '--out',
    out,
    ...flags,
  ]);
  return readFileSync(join(out, 'estimates.csv'), 'utf8');
}

describe('features of torch-fidelity', () => {
  it('give what the same features give as a .npy, on either side and in a sweep', async () => {
    const npy = await sameAsNpy();
    const other = (await writePool(folder, 40, 5, 'other')).path;
    const expected = await fid(npy, other);
    for (const name of ['features', 'features-strided']) {
      const result = await fid(torch(name), other);
      expect(result.fid).toBe(expected.fid);
      expect(result.reference).toMatchObject({ path: torch(name), kind: 'features', rows: 12 });
      expect(result.reference.sha256).toBe(expected.reference.sha256);
    }
    expect((await fid(other, torch('features'))).fid).toBe((await fid(other, npy)).fid);
    const rows = (csv: string) => csv.replaceAll(/^(\w+),\1,/gm, '');
    expect(rows(await sweep(other, torch('features')))).toBe(rows(await sweep(other, npy)));
    expect(readdirSync(at('cache/converted'))).toEqual([`${expected.reference.sha256}.npy`]);
  });

  it('are kept anew where the kept copy is damaged', async () => {
    const first = (await openSide(torch('features'))) as FeaturesSide;
    first.close();
    const bytes = readFileSync(first.featuresPath);
    bytes[200]! ^= 1;
    writeFileSync(first.featuresPath, bytes);
    const second = await openSide(torch('features'));
    second.close();
    expect(second).toMatchObject({ path: torch('features'), sha256: first.sha256 });
  });
});

describe('statistics of torch-fidelity', () => {
  it('give what their features give, and become an .npz', async () => {
    const npy = await sameAsNpy();
    const other = (await writePool(folder, 40, 5, 'other')).path;
    const expected = (await fid(npy, other)).fid;
    for (const [name, tolerance] of [
      ['statistics', 1e-6],
      ['tensors', 1e-5],
    ] as const) {
      const result = await fid(torch(name), other);
      expect(result.reference).toMatchObject({ kind: 'statistics', rows: null, dimension: 5 });
      expect(Math.abs(result.fid - expected)).toBeLessThan(tolerance);
    }
    expect((await fid(torch('statistics'), torch('statistics'))).fid).toBeCloseTo(0, 12);
    await runCommand(statsCommand(), [torch('statistics'), '--out', at('converted.npz')]);
    expect(await readStatisticsNpz(at('converted.npz'))).toMatchObject({ dimension: 5 });
  });

  it('are not features', async () => {
    const other = (await writePool(folder, 40, 5, 'other')).path;
    await expect(sweep(other, torch('statistics'))).rejects.toThrow('holds statistics');
    await writeNpz(at('moments.npz'), {
      mu: { shape: [2], values: new Float64Array(2) },
      sigma: { shape: [2, 2], values: Float64Array.of(1, 0, 0, 1) },
    });
    for (const path of [torch('statistics'), at('moments.npz')]) {
      expect(await openSide(path, { use: 'rows' })).toMatchObject({ kind: 'statistics', path });
    }
    await expect(openSide(torch('orders'))).rejects.toThrow(StudyError);
    await expect(fid(torch('orders'), other)).rejects.toThrow('mu (3) and sigma (3, 4)');
  });
});

describe('features of clean-fid', () => {
  it('are read from feats, and a bad value is told by the name of their file', async () => {
    const { path, x } = await writePool(folder, 30, 4, 'feats');
    const feats = { shape: [30, 4], values: Float32Array.from(x.data) };
    await writeNpz(at('feats.npz'), { feats });
    const result = await fid(path, at('feats.npz'));
    expect(Math.abs(result.fid)).toBeLessThan(1e-12);
    expect(result.generated).toMatchObject({ path: at('feats.npz'), rows: 30, dimension: 4 });
    feats.values[6] = Number.NaN;
    await writeNpz(at('bad.npz'), { feats });
    await expect(fid(path, at('bad.npz'))).rejects.toThrow(
      `${at('bad.npz')} has the value NaN in row 1, column 2`,
    );
    await writeNpz(at('flat.npz'), { feats: { shape: [120], values: feats.values } });
    await expect(fid(path, at('flat.npz'))).rejects.toThrow(
      'neither statistics, features nor images but: feats float32 [120]',
    );
  });
});

describe('a reference batch of ADM', () => {
  it('is its statistics as a reference, and its images where rows are drawn', async () => {
    const { mean, covariance } = randomStatistics(5, 30, 'adm');
    const images = Uint8Array.from({ length: 20 * 12 }, (_, i) => (i * 7) % 256);
    const spatial = { shape: [3, 3], values: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
    await writeNpz(at('adm.npz'), {
      arr_0: { shape: [20, 2, 2, 3], values: images },
      mu: { shape: [5], values: mean },
      sigma: { shape: [5, 5], values: covariance },
      mu_s: { shape: [3], values: new Float64Array(3) },
      sigma_s: spatial,
    });
    const { reference, generated, notes } = await fid(at('adm.npz'), at('adm.npz'));
    expect(reference).toMatchObject({ kind: 'statistics', dimension: 5 });
    expect(generated).toMatchObject({ kind: 'statistics' });
    expect(notes.filter((note: string) => note.includes('holds images too'))).toEqual([
      expect.stringContaining(`study extract --images ${at('adm.npz')}`),
    ]);
    const csv = await sweep(at('adm.npz'), at('adm.npz'), '--model', model);
    expect(csv.split('\n').filter((line) => line.includes(',20,'))).toHaveLength(4);
  });
});
