import { join } from 'node:path';
import { expect } from 'vitest';
import { inlineEngine } from '../../src/draws/inline.ts';
import { readJob } from '../../src/jobs/job.ts';
import { Unfinished } from '../../src/jobs/unfinished.ts';
import { workOn } from '../../src/jobs/work.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { drawsJob } from '../../src/sweep/array/kind.ts';
import { engineFor } from '../../src/sweep/engine.ts';
import type { SweepInputs } from '../../src/sweep/inputs.ts';
import { runSweep, type SweepResult } from '../../src/sweep/run.ts';
import { parseSettings } from '../../src/sweep/settings.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const pool = { reference: 'a', generated: 'b' };

/** Sweeps of each way in which draws come about. */
export const sweepsIn = (
  folder: string,
): readonly (readonly [string, object, () => Promise<SweepInputs>])[] => [
  ['of a surrogate', { sizes: [10, 50] }, () => smallInputs()],
  ['whose moments are drawn', { sizes: [9, 50], exact_moments: true }, () => smallInputs(true)],
  ['with KID', { sizes: [10, 50], metric: ['fid', 'kid'] }, () => smallInputs()],
  ['not nested', { sizes: [10, 50], nested: false }, () => smallInputs()],
  ['of a pool', { ...pool, sizes: [20, 70, 90] }, () => poolInputsOf(folder, 90)],
  [
    'of a pool, with replacement',
    { ...pool, sizes: [20, 90], replacement: true },
    () => poolInputsOf(folder, 90),
  ],
];

/** Makes the draws of a sweep alone and in k parts, each in turn, and expects the same results. */
export async function expectAlike(
  folder: string,
  input: object,
  inputs: SweepInputs,
  counts: readonly number[],
): Promise<void> {
  const settings = parseSettings({ ...input, seeds: 4 });
  const alone = await runSweep(settings, inputs, { engine: inlineEngine(sharedAlgebra()) });
  const { signal } = new AbortController();
  for (const k of counts) {
    const out = join(folder, `${k} parts`);
    const engine = engineFor(settings, inputs, out, undefined, { isMixed: false });
    const run = () => runSweep(settings, inputs, { engine, folder: out });
    await expect(run()).rejects.toBeInstanceOf(Unfinished);
    const job = await readJob(out);
    for (let part = k - 1; part >= 0; part--) {
      await workOn(out, job, drawsJob, { part, of: k }, { workers: 1, signal });
    }
    const { machines, ...gathered } = await run();
    expect(machines).toHaveLength(1);
    const { machines: none, ...expected } = alone;
    expect(none).toEqual([]);
    expect(withoutTimes(gathered)).toEqual(withoutTimes(expected));
  }
}

/** As tables have them: those of metrics besides FID have times too. */
function withoutTimes(result: Omit<SweepResult, 'machines'>): unknown {
  const text = JSON.stringify(result, (name, value) => (name === 'seconds' ? undefined : value));
  return JSON.parse(text);
}
