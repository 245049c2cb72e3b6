import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/draws/engine.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { poolMoments } from '../../src/draws/pool-moments.ts';
import { precisionOfPool } from '../../src/draws/precision.ts';
import { workerPool } from '../../src/draws/worker-pool.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { featureGeometry } from '../../src/metrics/reference.ts';
import { poolInputs, type SweepInputs } from '../../src/sweep/inputs.ts';
import { runSweep, samplingOf } from '../../src/sweep/run.ts';
import { parseSettings } from '../../src/sweep/settings.ts';
import type { EstimateRow } from '../../src/tables/rows.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { featuresOf, writePool } from '../metrics/feature-pools.ts';
import { randomRows } from '../metrics/gaussians.ts';

const folder = temporaryFolder();
const algebra = fastAlgebra(1);
afterAll(() => algebra.gemm.close());

// Beyond 512 dimensions draws go in single precision, beyond 768 eigenvalues go by a band: the way of
// every sweep of real features. A Gram draw, two prefixes, a complement, and the whole pool.
const DIMENSION = 800;
const POOL = 4000;
const settings = parseSettings({
  reference: 'real',
  generated: 'pool',
  seeds: 2,
  sizes: [500, 900, 1800, 3000, POOL],
});
const DRAWS = 9;

let inputs: SweepInputs;
/** The same draws row by row, all in double. */
let direct: SweepInputs;
let expected: EstimateRow[];

const untimed = (rows: readonly EstimateRow[]) => rows.map((row) => ({ ...row, seconds: null }));

async function sweepBy(engine: Engine, of = inputs): Promise<EstimateRow[]> {
  return untimed((await runSweep(settings, of, { engine })).estimates);
}

beforeAll(async () => {
  const { path, x } = await writePool(folder, POOL, DIMENSION);
  const real = randomRows(2000, DIMENSION, 'real').data.map(
    (value, k) => value * (1 + (k % 7) / 9),
  );
  const features = featuresOf({ data: real, rows: 2000, columns: DIMENSION });
  const reference = await referenceOfFeatures(features, algebra);
  const side = { path, sha256: 'same', model: null, mode: null, comparable: null };
  const names = {
    name: 'pool',
    reference: { ...side, rows: 2000 },
    generated: { ...side, rows: POOL },
  };
  const pool = { featuresPath: path, rows: POOL, dimension: DIMENSION };
  direct = poolInputs(reference, pool, names);
  expect(direct.source.geometry).toEqual(featureGeometry(reference));
  const precision = await precisionOfPool(
    direct.source,
    samplingOf(settings),
    settings.sizes,
    algebra,
  );
  expect(precision).toBe('single');
  const moments = () => poolMoments(featuresOf(x), reference.mean, algebra, precision);
  inputs = poolInputs(reference, pool, names, moments, undefined, precision);
  expected = await sweepBy(inlineEngine(algebra));
});

describe('a sweep of a pool, as real features are swept', () => {
  it('makes every draw', () => {
    expect(expected).toHaveLength(DRAWS);
    for (const { status } of expected) expect(status).toBe('ok');
  });

  it.each([
    ['one worker', { workers: 1 }],
    ['one worker on two cores', { workers: 1, cores: 2 }],
    ['two workers', { workers: 2 }],
    // More workers than seeds: these are dealt out in parts.
    ['five workers', { workers: 5 }],
  ])('gives the same bits with %s as inline', async (_, options) => {
    expect(await sweepBy(workerPool(options))).toEqual(expected);
  });

  it('gives the same bits when it goes on after it was broken off, at any draw', async () => {
    for (let stop = 1; stop < DRAWS; stop += 2) {
      const out = join(folder, `stopped-${stop}`);
      const controller = new AbortController();
      const reason = new Error('enough');
      let draws = 0;
      const first = runSweep(settings, inputs, {
        engine: workerPool({ workers: 2 }),
        folder: out,
        signal: controller.signal,
        onProgress: () => void (draws++ === stop && controller.abort(reason)),
      });
      await expect(first).rejects.toBe(reason);
      const { estimates } = await runSweep(settings, inputs, {
        engine: workerPool({ workers: 1 }),
        folder: out,
      });
      expect(untimed(estimates)).toEqual(expected);
    }
  });

  it('agrees with draws in double, row by row, to 1e-6', async () => {
    const exact = await sweepBy(inlineEngine(algebra), direct);
    for (const [i, { size, estimate }] of exact.entries()) {
      expect(expected[i]!.size).toBe(size);
      expect(Math.abs(expected[i]!.estimate! / estimate! - 1)).toBeLessThan(1e-6);
    }
    // What is not in double differs, or nothing was tested.
    const differs = expected.filter(({ estimate }, i) => estimate !== exact[i]!.estimate);
    expect(differs.some(({ size }) => size === 900)).toBe(true);
    expect(differs.some(({ size }) => size === 3000)).toBe(true);
  });
});
