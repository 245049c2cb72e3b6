import { describe, expect, it } from 'vitest';
import { isBeyondHalf } from '../../src/draws/complement.ts';
import { runUnit } from '../../src/draws/draw.ts';
import type { DrawJob } from '../../src/draws/engine.ts';
import { openRows } from '../../src/draws/open-rows.ts';
import type { DrawOutcome, DrawUnit } from '../../src/draws/outcome.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import type { SampleMoments } from '../../src/linalg/scatter.ts';
import { BLOCK, momentsOfFeatures } from '../../src/metrics/features.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { poolJob } from './jobs.ts';

const folder = temporaryFolder();
const POOL = 5000;
// Up to half of the pool, beyond it, all but some blocks of rows, all but one and two rows, and all.
const LEFT_OUT = [2 * BLOCK, BLOCK + 1, BLOCK, BLOCK - 1];
const SIZES = [40, 2500, 2501, ...LEFT_OUT.map((rows) => POOL - rows), 4998, 4999, 5000];

async function jobs(): Promise<{ direct: DrawJob; complement: DrawJob }> {
  const { job, x, reference } = await poolJob(folder, POOL);
  const moments = await momentsOfFeatures(featuresOf(x), sharedAlgebra());
  const total: SampleMoments = {
    ...moments,
    mean: moments.mean.map((value, i) => value - reference.mean[i]!),
  };
  const { rows } = job.source;
  if (rows.kind !== 'pool') throw new Error('not a pool');
  const source = { ...job.source, rows: { ...rows, total } };
  return { direct: job, complement: { ...job, source } };
}

async function run({ source, sampling }: DrawJob, unit: DrawUnit): Promise<DrawOutcome[]> {
  const rows = openRows(source.rows, sampling);
  const outcomes: DrawOutcome[] = [];
  for await (const outcome of runUnit(unit, source, rows, sharedAlgebra())) outcomes.push(outcome);
  await rows.close();
  return outcomes.sort((a, b) => a.size - b.size);
}

describe('draws of more than half a pool', () => {
  it('are the same computed from what they leave out', async () => {
    const { direct, complement } = await jobs();
    for (const nested of [true, false]) {
      for (const sizes of nested ? [SIZES] : SIZES.map((size) => [size])) {
        const unit = { seed: 4, sizes, wanted: sizes };
        const sampled = (job: DrawJob) => ({ ...job, sampling: { ...job.sampling, nested } });
        const expected = await run(sampled(direct), unit);
        const found = await run(sampled(complement), unit);
        expect(found.map(({ size }) => size)).toEqual(sizes);
        for (const [i, { terms }] of expected.entries()) {
          const error = found[i]!.terms!.distance / terms!.distance - 1;
          expect(Math.abs(error)).toBeLessThan(1e-11);
        }
      }
    }
  });

  it('are the same bits when some sizes were done before', async () => {
    const { complement } = await jobs();
    const all = await run(complement, { seed: 4, sizes: SIZES, wanted: SIZES });
    const some = await run(complement, { seed: 4, sizes: SIZES, wanted: [POOL - BLOCK, 4998] });
    for (const { size, terms } of some) {
      expect(terms).toEqual(all.find((outcome) => outcome.size === size)!.terms);
    }
  });

  it('are those beyond half and beyond the dimension, but for all rows save one', () => {
    expect([2500, 2501, 4999, 5000].map((size) => isBeyondHalf(size, 12, 5000))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(isBeyondHalf(60, 64, 100)).toBe(false);
    expect(isBeyondHalf(60, 12, null)).toBe(false);
  });
});
