import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { metricsCommand } from '../../src/commands/metrics.ts';
import { readManifest, writeManifest } from '../../src/embeddings/manifest.ts';
import { metricNames } from '../../src/metrics/registry.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainMoments, randomMatrix } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';

const folder = temporaryFolder();
const d = 6;
const reference = await writePool(folder, 120, d, 'real');
const generated = await writePool(folder, 100, d, 'generated');
const sides = [reference.path, generated.path];
const study = (...args: string[]) => runCommand(metricsCommand(), args);
const json = async (...args: string[]) => JSON.parse((await study(...args, '--json')).join('\n'));

/** A folder of features, logits and spatial features, as `extract --outputs` leaves it. */
async function withOutputs(name: string, rows: number): Promise<string> {
  const path = await writeCacheFolder(join(folder, name), rows, d);
  const manifest = await readManifest(path);
  const outputs: NonNullable<typeof manifest.outputs> = {};
  for (const [array, dimension] of [
    ['logits', 5],
    ['spatial', 7],
  ] as const) {
    const file = `${array}.npy`;
    const data = Float32Array.from(randomMatrix(rows, dimension, `${name} ${array}`).data);
    await writeNpyRows(join(path, file), dimension, [data]);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(path, file)))
      .digest('hex');
    outputs[array] = { file, dtype: 'float32', dimension, sha256 };
  }
  const { seal: _, ...rest } = manifest as typeof manifest & { seal?: unknown };
  await writeManifest(path, { ...rest, outputs });
  return path;
}

describe('study metrics', () => {
  it('gives every metric that the sets allow, with an error, and says what is left out', async () => {
    const found = await json(...sides);
    const names = found.metrics.map(({ name }: { name: string }) => name);
    expect(names).toEqual(metricNames.filter((name) => name !== 'is' && name !== 'sfid'));
    for (const { value, se } of found.metrics) {
      expect(Number.isFinite(value)).toBe(true);
      expect(se).toBeGreaterThan(0);
    }
    expect(found).toMatchObject({ num_gen: 100, num_ref: 120 });
    expect(found.notes.join('\n')).toMatch(
      /Inception Score is left out: .* has no class scores \(logits\)/,
    );
    expect(await json(...sides)).toEqual(found);
  });

  it('has the FID of study fid', async () => {
    const [fid] = (await json(...sides, '--metric', 'fid', '--no-errors')).metrics;
    const [line] = await runCommand(fidCommand(), [...sides, '--json']).then((lines) => [
      JSON.parse(lines.join('\n')),
    ]);
    expect(fid).toMatchObject({ value: line.fid, se: null, se_from: null });
  });

  it('reads logits and spatial features beside the features, and refuses changed ones', async () => {
    const [real, fake] = [await withOutputs('real', 30), await withOutputs('fake', 20)];
    const { metrics } = await json(real, fake, '--metric', 'is,sfid');
    expect(metrics.map(({ name }: { name: string }) => name)).toEqual(['is', 'sfid']);
    await writeNpyRows(join(fake, 'logits.npy'), 5, [new Float32Array(100)]);
    await expect(study(real, fake)).rejects.toThrow('not what its manifest says');
  });

  it('takes statistics for FID alone', async () => {
    const { mean, covariance } = plainMoments(reference.x);
    const path = join(folder, 'statistics.npz');
    await writeStatisticsNpz(path, { mean, covariance, dimension: d });
    const found = await json(path, generated.path);
    expect(found.metrics.map(({ name }: { name: string }) => name)).toEqual(['fid']);
    await expect(study(path, generated.path, '--metric', 'recall')).rejects.toThrow(
      'holds statistics; recall compares images one by one',
    );
  });

  it("takes ADM's statistics of spatial features for sFID", async () => {
    const [real, fake] = [await withOutputs('adm-real', 30), await withOutputs('adm-fake', 20)];
    const [expected] = (await json(real, fake, '--metric', 'sfid')).metrics;
    const statistics = (x: Parameters<typeof plainMoments>[0]) => {
      const { mean, covariance } = plainMoments(x);
      return { mean, covariance, dimension: mean.length };
    };
    const path = join(folder, 'adm.npz');
    const pool = statistics(reference.x);
    const spatial = statistics(randomMatrix(30, 7, 'adm-real spatial'));
    await writeStatisticsNpz(path, pool, 'float64', { spatial });
    for (const metric of ['sfid', 'fid,sfid', 'all']) {
      const { metrics } = await json(path, fake, '--metric', metric);
      expect(metrics.at(-1).name).toBe('sfid');
      expect(metrics.at(-1).value).toBeCloseTo(expected.value, 5);
    }
    const [back] = (await json(fake, path, '--metric', 'sfid')).metrics;
    expect(back.value).toBeCloseTo(expected.value, 5);
    await writeStatisticsNpz(path, pool);
    await expect(study(path, fake, '--metric', 'sfid')).rejects.toThrow(
      'holds no statistics of spatial features (mu_s, sigma_s)',
    );
    await writeStatisticsNpz(path, pool, 'float64', { spatial: pool });
    await expect(study(path, fake, '--metric', 'sfid')).rejects.toThrow('dimensions');
  });

  it('prints a table, and a note where values depend on N', async () => {
    const lines = (await study(...sides, '--metric', 'fid,kid,coverage')).join('\n').split('\n');
    expect(lines[0]).toMatch(/^metric {4}value ± SE +better {2}bias in N/);
    expect(lines[2]).toMatch(/^FID .* ± .* lower .* C\/N/);
    expect(lines.at(-1)).toBe(
      'note: fid, coverage depend on the number of images: compare them only at equal N and equal references',
    );
  });

  it('says of one metric that it depends on N', async () => {
    const { notes } = await json(...sides, '--metric', 'kid,recall', '--no-errors');
    expect(notes).toContain(
      'recall depends on the number of images: compare it only at equal N and equal references',
    );
  });

  it.each([
    [['--metric', 'mind'], 'MIND of 120 images against 100 references: it needs as many of each'],
    [['--metric', 'fame'], 'unknown metric: fame'],
    [['--metric', ','], 'no metric'],
    [['--metric', 'is'], 'no class scores (logits)'],
  ])('refuses %j with the reason', async (flags, message) => {
    await expect(study(generated.path, reference.path, ...flags)).rejects.toThrow(message);
  });

  it('refuses one image, and fewer images than neighbours', async () => {
    const one = await writePool(folder, 1, d, 'one');
    await expect(study(reference.path, one.path)).rejects.toThrow('has 1 row');
    const few = await writePool(folder, 3, d, 'few');
    await expect(study(reference.path, few.path, '--metric', 'recall')).rejects.toThrow(
      'has 3 images; recall needs at least 4',
    );
    const { notes } = await json(reference.path, few.path);
    expect(notes.join('\n')).toMatch(/coverage is left out: .* has 3 images/);
  });
});
