import { describe, expect, it } from 'vitest';
import { runUnit } from '../../src/draws/draw.ts';
import type { DrawJob } from '../../src/draws/engine.ts';
import { openRows } from '../../src/draws/open-rows.ts';
import type { DrawOutcome, DrawUnit } from '../../src/draws/outcome.ts';
import type { OpenRows } from '../../src/draws/spec.ts';
import type { LinearAlgebra } from '../../src/linalg/algebra.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { BLOCK, distanceOfFeatures } from '../../src/metrics/features.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainAlgebra } from '../linalg/plain.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { poolJob, surrogateJob, unitsOf, values } from './jobs.ts';

const folder = temporaryFolder();
const algebra = fastAlgebra(1);
// Below, at and above d = 12; and around blocks of rows.
const SIZES = [2, 11, 12, 13, 40, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 4 * BLOCK + 4];

async function outcomesOf(
  { source, sampling }: DrawJob,
  unit: DrawUnit,
  by: LinearAlgebra = algebra,
  rows: OpenRows = openRows(source.rows, sampling),
): Promise<DrawOutcome[]> {
  const outcomes: DrawOutcome[] = [];
  for await (const outcome of runUnit(unit, source, rows, by)) outcomes.push(outcome);
  await rows.close();
  return outcomes;
}

const unit = (sizes: readonly number[], wanted = sizes): DrawUnit => ({ seed: 4, sizes, wanted });

function relative(a: DrawOutcome, b: DrawOutcome): number {
  return Math.abs(a.terms!.distance / b.terms!.distance - 1);
}

describe('runUnit', () => {
  it('gives the same draw nested and alone, from a surrogate', async () => {
    const job = await surrogateJob();
    const nested = await outcomesOf(job, unit(SIZES));
    expect(nested.map(({ size }) => size)).toEqual(SIZES);
    for (const [i, size] of SIZES.entries()) {
      const [alone] = await outcomesOf(job, unit([size]));
      expect(relative(alone!, nested[i]!)).toBeLessThan(1e-12);
    }
  });

  it('gives the same draw nested and alone, from a pool, with replacement and without', async () => {
    const { job } = await poolJob(folder, 5000);
    for (const replacement of [false, true]) {
      const drawn = { ...job, sampling: { ...job.sampling, replacement } };
      const nested = await outcomesOf(drawn, unit(SIZES));
      for (const [i, size] of SIZES.entries()) {
        const [alone] = await outcomesOf(drawn, unit([size]));
        expect(relative(alone!, nested[i]!)).toBeLessThan(1e-12);
      }
    }
  });

  it('gives the same bits when some sizes were done before', async () => {
    const job = await surrogateJob();
    const all = values(await outcomesOf(job, unit(SIZES)));
    const wanted = [12, BLOCK, BLOCK + 1];
    const rest = values(await outcomesOf(job, unit(SIZES, wanted)));
    expect(rest).toEqual(all.filter(({ size }) => wanted.includes(size)));
  });

  it('agrees with the plain reference', async () => {
    const job = await surrogateJob();
    const [fast, plain] = await Promise.all([
      outcomesOf(job, unit([5, 12, 13, 300])),
      outcomesOf(job, unit([5, 12, 13, 300]), plainAlgebra),
    ]);
    for (const [i, outcome] of fast.entries()) {
      expect(relative(outcome, plain[i]!)).toBeLessThan(1e-12);
    }
  });

  it('of the whole pool is the FID of all its rows', async () => {
    for (const rows of [9, 200]) {
      const { job, x, reference } = await poolJob(folder, rows);
      const [outcome] = await outcomesOf(job, unit([rows]));
      const { distance } = await distanceOfFeatures(reference, featuresOf(x), algebra);
      expect(Math.abs(outcome!.terms!.distance / distance - 1)).toBeLessThan(1e-12);
    }
  });

  it('turns a distance that fails into an outcome, and continues', async () => {
    const job = await surrogateJob();
    let calls = 0;
    const failing: LinearAlgebra = {
      ...algebra,
      symmetricEigenvalues(a, n) {
        if (++calls === 2) throw new Error('no convergence');
        return algebra.symmetricEigenvalues(a, n);
      },
    };
    const outcomes = await outcomesOf(job, unit([5, 20, 40]), failing);
    expect(outcomes.map(({ error }) => error)).toEqual([null, 'no convergence', null]);
    expect(outcomes[1]).toMatchObject({ size: 20, terms: null });
  });

  it('turns unreadable rows into failed outcomes of all sizes from there on', async () => {
    const job = await surrogateJob();
    const [wanted, sizes] = [
      [5, 40, 80],
      [5, 20, 40, 80],
    ];
    const inner = openRows(job.source.rows, job.sampling);
    const broken: OpenRows = {
      draw(...draw) {
        const reader = inner.draw(...draw);
        let reads = 0;
        return {
          next(out, count) {
            if (++reads > 1) throw new Error('disk gone');
            return reader.next(out, count);
          },
        };
      },
      close() {},
    };
    const outcomes = await outcomesOf(job, unit(sizes, wanted), algebra, broken);
    expect(outcomes.map(({ size, error }) => [size, error])).toEqual([
      [5, null],
      [40, 'disk gone'],
      [80, 'disk gone'],
    ]);
  });

  it('turns a draw larger than its pool into a failed outcome', async () => {
    const { job } = await poolJob(folder, 9);
    const [outcome] = await outcomesOf(job, unitsOf([1], [10])[0]!);
    expect(outcome).toMatchObject({ terms: null, error: 'draw larger than its pool: 10 of 9' });
  });
});
