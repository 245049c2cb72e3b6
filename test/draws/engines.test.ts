import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { halvesOf } from '../../src/draws/draw.ts';
import type { DrawJob, Engine } from '../../src/draws/engine.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import type { DrawOutcome, DrawUnit } from '../../src/draws/outcome.ts';
import { poolMoments } from '../../src/draws/pool-moments.ts';
import { workerPool } from '../../src/draws/worker-pool.ts';
import { StudyError } from '../../src/errors.ts';
import { fastAlgebra, sharedAlgebra } from '../../src/linalg/fast.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { poolJob, surrogateJob, unitsOf, values } from './jobs.ts';

const folder = temporaryFolder();
const inline = inlineEngine(fastAlgebra(1));
const ENGINES: [string, Engine][] = [
  ['inline', inline],
  ['one worker', workerPool({ workers: 1 })],
  ['two workers', workerPool({ workers: 2 })],
];

async function outcomesOf(
  engine: Engine,
  job: DrawJob,
  units: readonly DrawUnit[],
): Promise<DrawOutcome[]> {
  const outcomes: DrawOutcome[] = [];
  await engine.run(job, units, (outcome) => void outcomes.push(outcome));
  return outcomes;
}

describe('workerPool', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %d workers', (workers) => {
    expect(() => workerPool({ workers })).toThrow(StudyError);
  });
});

describe('all engines', () => {
  it('give the same bits, for fresh draws and for draws from a pool', async () => {
    const sizes = [5, 12, 100, 180];
    for (const job of [await surrogateJob(), (await poolJob(folder)).job]) {
      const units = [...unitsOf([1, 2, 3, 4, 5], sizes), ...unitsOf([1], [200])];
      const expected = values(await outcomesOf(inline, job, units));
      expect(expected).toHaveLength(21);
      expect(expected.filter(({ error }) => error !== null)).toEqual([]);
      for (const [, engine] of ENGINES) {
        expect(values(await outcomesOf(engine, job, units))).toEqual(expected);
      }
    }
  });
});

describe.each(ENGINES)('the engine of %s', (name, engine) => {
  it('has nothing to do without units', async () => {
    expect(await outcomesOf(engine, await surrogateJob(), [])).toEqual([]);
  });

  it('fails draws that meet a NaN, written into the pool after it was checked', async () => {
    const { job, path } = await poolJob(folder, 200, 12, `nan-${name}`);
    const file = openSync(path, 'r+');
    writeSync(file, Float32Array.of(Number.NaN), 0, 4, statSync(path).size - 4);
    closeSync(file);
    const outcomes = await outcomesOf(engine, job, [
      ...unitsOf([1, 2], [8, 199]),
      ...unitsOf([1], [200]),
    ]);
    expect(outcomes).toHaveLength(5);
    const whole = outcomes.find(({ size }) => size === 200);
    expect(whole).toMatchObject({ terms: null });
    expect(whole!.error).toContain('NaN');
    for (const { terms, error } of outcomes) expect(terms === null).toBe(error !== null);
    // A draw of 8 rows that does not meet it is as good as ever.
    expect(outcomes.some(({ size, error }) => size === 8 && error === null)).toBe(true);
  });

  it('stops when its signal is aborted, and keeps what was finished', async () => {
    const job = await surrogateJob();
    const controller = new AbortController();
    const units = unitsOf(
      Array.from({ length: 50 }, (_, seed) => seed),
      [20, 40],
    );
    const outcomes: DrawOutcome[] = [];
    await engine.run(
      job,
      units,
      (outcome) => {
        outcomes.push(outcome);
        if (outcomes.length === 3) controller.abort();
      },
      controller.signal,
    );
    expect(outcomes.length).toBeGreaterThanOrEqual(3);
    expect(outcomes.length).toBeLessThan(50);
    const alone = await outcomesOf(inline, job, units);
    for (const outcome of values(outcomes)) expect(values(alone)).toContainEqual(outcome);
    const none: DrawOutcome[] = [];
    await engine.run(job, units, (outcome) => void none.push(outcome), controller.signal);
    expect(none).toEqual([]);
  });

  it('ends with the error of whoever takes the outcomes, without running the rest', async () => {
    const job = await surrogateJob();
    let taken = 0;
    const full = async () => {
      taken++;
      throw new Error('disk full');
    };
    const units = unitsOf(
      Array.from({ length: 50 }, (_, seed) => seed),
      [20],
    );
    await expect(engine.run(job, units, full)).rejects.toThrow('disk full');
    const then = taken;
    expect(then).toBeLessThan(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(taken).toBe(then);
  });

  it('waits for whoever takes the outcomes before it ends', async () => {
    let open = 0;
    await engine.run(await surrogateJob(), unitsOf([1, 2, 3], [5, 20]), async () => {
      open++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      open--;
    });
    expect(open).toBe(0);
  });
});

describe('workerPool', () => {
  it('splits a seed in two parts if workers would be idle, with the same bits', async () => {
    const { job, x, reference } = await poolJob(folder, 200, 12, 'halves');
    const { rows } = job.source;
    if (rows.kind !== 'pool') throw new Error('not a pool');
    const total = await poolMoments(featuresOf(x), reference.mean, sharedAlgebra(), 'double');
    const complement = { ...job, source: { ...job.source, rows: { ...rows, total } } };
    const units = unitsOf([1], [5, 20, 100, 150, 190]);
    const parts = halvesOf(units[0]!, complement.source);
    expect(parts.map(({ wanted }) => wanted)).toEqual([
      [150, 190],
      [5, 20, 100],
    ]);
    expect(halvesOf(units[0]!, job.source)).toEqual(units);
    const expected = values(await outcomesOf(inline, complement, units));
    for (const options of [{ workers: 1, cores: 3 }, { workers: 2 }, { workers: 4, cores: 4 }]) {
      const found = await outcomesOf(workerPool(options), complement, units);
      expect(values(found)).toEqual(expected);
    }
  });

  it('drops a draw in the middle, without an outcome and without harm', async () => {
    // At d = 2 most of the time goes into calls of onnxruntime; the whole draw would take minutes.
    const job = await surrogateJob(2);
    for (let delay = 1; delay <= 10; delay += 4) {
      const controller = new AbortController();
      const outcomes: DrawOutcome[] = [];
      await workerPool({ workers: 1 }).run(
        job,
        unitsOf([1, 2], [10, 2_000_000_000]),
        (outcome) => {
          outcomes.push(outcome);
          setTimeout(() => controller.abort(), delay);
        },
        controller.signal,
      );
      expect(outcomes.map(({ size, error }) => [size, error])).toEqual([[10, null]]);
    }
  });

  it('fails the draws of a thread that dies, and continues with another', async () => {
    const { job, path } = await poolJob(folder, 30, 4, 'gone');
    rmSync(path);
    const outcomes = await outcomesOf(workerPool({ workers: 1 }), job, unitsOf([1, 2], [5, 20]));
    expect(outcomes).toHaveLength(4);
    for (const { terms, error } of outcomes) {
      expect(terms).toBeNull();
      expect(error).toContain('no such file');
    }
  });
});
