import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNpyRows } from '../../src/arrays/npy-file.ts';
import { readSweepFolder } from '../../src/charts/sweep-folder.ts';
import { rowsOfFile } from '../../src/draws/file-rows.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { metricNamed } from '../../src/metrics/registry.ts';
import { sampleOf } from '../../src/metrics/sample.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import { surrogateInputs } from '../../src/sweep/inputs.ts';
import { runSweep } from '../../src/sweep/run.ts';
import { parseSettings, type SweepSettings } from '../../src/sweep/settings.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { estimatesToCsv, parseEstimates } from '../../src/tables/estimates.ts';
import { performanceToCsv } from '../../src/tables/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { SMALL } from './small.ts';

const folder = temporaryFolder();
const engine = inlineEngine(fastAlgebra(1));
const some = { sizes: [20, 60], seeds: 2, metric: 'fid,kid,precision,mind,vendi' };

async function inputsOf(settings: SweepSettings, more: object = {}) {
  const definition = parseSurrogate(JSON.stringify({ ...SMALL, ...more }), 'small');
  return surrogateInputs(await resolveSurrogate(definition, '.', fastAlgebra(1)), settings);
}

async function drawn(input: object = {}) {
  const settings = parseSettings({ ...some, ...input });
  return runSweep(settings, await inputsOf(settings), { engine });
}

describe('a sweep of several metrics', () => {
  it('has a row of each metric for each draw, FID as in a sweep of FID of the same rows', async () => {
    const { estimates, metrics } = await drawn();
    expect(metrics.map(({ name }) => name)).toEqual(['kid', 'precision', 'mind', 'vendi']);
    for (const name of [undefined, 'kid', 'precision', 'mind', 'vendi']) {
      const own = estimates.filter((row) => row.metric === name);
      expect(own.map(({ size, seed, status }) => [size, seed, status])).toEqual(
        [20, 60].flatMap((size) => [1, 2].map((seed) => [size, seed, 'ok'])),
      );
    }
    const alone = await drawn({ metric: 'fid', rows: true });
    expect(estimates.filter(({ metric }) => metric === undefined)).toMatchObject(
      alone.estimates.map(({ estimate }) => ({ estimate })),
    );
  });

  it('has the column metric in its tables, which tables of FID alone lack', async () => {
    const { estimates, performance } = await drawn();
    const csv = estimatesToCsv(estimates);
    expect(csv.split('\n')[0]).toContain(',replacement,metric,method,');
    expect(parseEstimates(csv)).toEqual(parseEstimates(estimatesToCsv(parseEstimates(csv))));
    expect(parseEstimates(csv).filter(({ metric }) => metric === 'mind')).toHaveLength(4);
    expect(performanceToCsv(performance).split('\n')[0]).toContain(',size,metric,method,');
    const alone = await drawn({ metric: 'fid' });
    expect(estimatesToCsv(alone.estimates).split('\n')[0]).not.toContain('metric');
  });

  it('measures against theory where equal distributions have a known value', async () => {
    const same = { generated: { kind: 'same' } };
    const settings = parseSettings(some);
    const { metrics } = await runSweep(settings, await inputsOf(settings, same), { engine });
    const of = (name: string) => metrics.find((each) => each.name === name)!.estimand!;
    expect(of('kid')).toMatchObject({ kind: 'population', value: 0 });
    expect(of('vendi')).toMatchObject({ kind: 'pool', size: 60 });
  });

  it('draws the pool’s own rows: the whole pool has the metrics of its file', async () => {
    const [real, fake] = [
      await writePool(folder, 40, 5, 'real'),
      await writePool(folder, 30, 5, 'fake'),
    ];
    const out = join(folder, 'pool');
    await sweep(
      {
        reference: real.path,
        generated: fake.path,
        sizes: [10, 30],
        seeds: 2,
        metric: 'kid,vendi,authpct',
      },
      { out, workers: 1 },
    );
    const { manifest, estimates } = await readSweepFolder(out);
    expect(manifest.metrics!.map(({ name }) => name)).toEqual(['kid', 'vendi', 'authpct']);
    const [x, y] = [real, fake].map(({ path }) => sampleOf(rowsOfFile(openNpyRows(path))));
    for (const name of ['kid', 'vendi', 'authpct']) {
      const row = estimates.find(({ metric, size }) => metric === name && size === 30)!;
      const value = await metricNamed(name).value(y!, x!, { algebra: fastAlgebra(1), key: [0] });
      expect(row.estimate).toBeCloseTo(value, 9);
    }
  });

  it('without FID has no line in 1/N, and says what each metric does', async () => {
    const { estimand, fit, estimates, summary } = await drawn({ metric: 'kid,recall' });
    expect([estimand, fit]).toEqual([null, null]);
    expect(new Set(estimates.map(({ metric }) => metric))).toEqual(new Set(['kid', 'recall']));
    expect(summary).toMatch(/^KID is .*; bias in N: none.*\. recall is .*balls shrink/);
  });

  it.each([
    [{ metric: 'precision', exact_moments: true }, 'precision with --exact-moments: it needs rows'],
    [
      { metric: 'is' },
      'small is a surrogate, without images; Inception Score needs their class scores (logits)',
    ],
    [{ metric: 'coverage', sizes: [5, 60] }, 'coverage of 5 images; it needs at least 6'],
    [{ metric: 'mind', reference_rows: 50 }, 'MIND of 60 images against 50 references'],
    [{ metric: 'precision', reference_rows: 3 }, 'against 3 references; it needs at least 4'],
  ])('refuses %j before any draw', async (input, message) => {
    await expect(drawn(input)).rejects.toThrow(message);
  });

  it('of all metrics leaves out those, and says so', async () => {
    const { metrics, notes } = await drawn({ metric: 'all', sizes: [5, 60] });
    expect(metrics.map(({ name }) => name)).not.toContain('coverage');
    expect(notes.join('\n')).toMatch(/coverage is left out: coverage of 5 images/);
    expect(notes.join('\n')).toMatch(/sFID is left out/);
  });
});

describe('the settings of metrics', () => {
  it('are those of FID unless others are named', () => {
    expect(parseSettings({})).toEqual(parseSettings({ metric: 'fid' }));
    expect(parseSettings({}).sizes).toEqual([5000, 50_000]);
    expect(parseSettings({ metric: 'kid,fid,kid' })).toMatchObject({
      metric: ['fid', 'kid'],
      sizes: [1000, 2000, 5000],
    });
  });

  it.each([
    [{ metric: 'fame' }, 'unknown metric: fame'],
    [{ metric: [] }, 'no metric'],
    [{ reference_rows: 100 }, '--reference-rows 100 with FID alone'],
    [
      { metric: 'kid', reference: 'a', generated: 'b', reference_rows: 9 },
      '--reference-rows 9 with a reference of its own rows',
    ],
  ])('refuse %j', (input, message) => {
    expect(() => parseSettings(input)).toThrow(message);
  });
});
