import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobKindOf } from '../../src/commands/job-kinds.ts';
import { stepEntry, studyRun } from '../../src/commands/study-services.ts';
import { readJob } from '../../src/jobs/job.ts';
import { Unfinished } from '../../src/jobs/unfinished.ts';
import { workOn } from '../../src/jobs/work.ts';
import { type ExperimentRun, runOne } from '../../src/studies/run.ts';
import { stepProcesses } from '../../src/studies/units/processes.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { HEADER } from './header.ts';

const folder = temporaryFolder();
const { signal } = new AbortController();
const bakeOff = {
  name: 'small',
  study: 'estimators',
  header: HEADER,
  path: join(folder, 'small.json'),
  settings: {
    dimension: 6,
    stands_for: 48,
    sizes: [300, 600],
    repetitions: 3,
    mechanisms: ['power-law-1.25', 'relu'],
    methods: ['plug-in', 'jackknife'],
  },
};
const UNITS = 3 * 2 * 4;
const tables = ['performance.csv', 'standings.csv', 'claim.csv', 'coverage.csv'];
const bytesOf = (name: string) =>
  tables.map((table) => readFileSync(join(folder, name, table), 'utf8'));

function run(name: string, more: Partial<ExperimentRun> = {}, experiment = bakeOff) {
  const { services } = studyRun(signal, {});
  return runOne(experiment, { out: join(folder, name), services, ...more });
}

const inArray = (name: string, experiment = bakeOff) =>
  run(name, studyRun(signal, { array: { isMixed: false } }), experiment);

async function work(name: string, part: number, of: number) {
  const out = join(folder, name);
  const job = await readJob(out);
  return workOn(out, job, jobKindOf(job.kind), { part, of }, { workers: 1, signal });
}

await run('alone');

describe('steps of a study', () => {
  it('give the same bytes by two processes as by one', async () => {
    const computed: string[] = [];
    await run('processes', {
      elsewhere(experiment, out) {
        const options = { workers: 2, signal, entry: stepEntry, patience: 0 };
        const { patience, compute } = stepProcesses(experiment, out, options);
        return {
          patience,
          compute: (names, keep) =>
            compute(names, async (name, value) => {
              computed.push(name);
              await keep(name, value);
            }),
        };
      },
    });
    expect(new Set(computed).size).toBe(UNITS);
    expect(bytesOf('processes')).toEqual(bytesOf('alone'));
  });

  it('give the same bytes as an array job of any number of tasks', async () => {
    for (const k of [1, 3]) {
      const name = `array-${k}`;
      const unfinished = await inArray(name).catch((error) => error);
      expect(unfinished).toBeInstanceOf(Unfinished);
      expect(unfinished.missing).toHaveLength(UNITS);
      for (let part = 0; part < k; part++) {
        expect(await work(name, part, k)).toEqual({ made: UNITS / k, found: 0 });
      }
      await inArray(name);
      expect(bytesOf(name)).toEqual(bytesOf('alone'));
      const { machines } = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8'));
      expect(machines).toHaveLength(1);
    }
    // Only what is new of a longer study is to be made.
    const longer = { ...bakeOff, settings: { ...bakeOff.settings, repetitions: 4 } };
    const unfinished = await inArray('array-1', longer).catch((error) => error);
    expect(unfinished.missing).toHaveLength(UNITS / 3);
  });

  it('go on from what is in the folder', async () => {
    const { services } = studyRun(signal, {});
    const stopped = run('resumed', {
      services,
      elsewhere: () => ({
        patience: 200,
        compute: () => Promise.reject(new Error('stopped')),
      }),
    });
    await stopped.catch((error) => expect(error.message).toBe('stopped'));
    const before = readFileSync(join(folder, 'resumed', 'steps.jsonl'), 'utf8');
    const kept = before.trim().split('\n').length - 1;
    await inArray('resumed').catch(() => {});
    if (kept < UNITS) {
      expect(await work('resumed', 0, 1)).toEqual({ made: UNITS - kept, found: 0 });
      await inArray('resumed');
    }
    expect(bytesOf('resumed')).toEqual(bytesOf('alone'));
  });

  it('say so where the job is of other inputs', async () => {
    await inArray('other').catch(() => {});
    const out = join(folder, 'other');
    const job = await readJob(out);
    const input = job.input as { experiment: typeof bakeOff };
    input.experiment.settings.dimension = 7;
    rmSync(join(out, 'steps.jsonl'));
    await expect(
      workOn(out, job, jobKindOf(job.kind), { part: 0, of: 1 }, { workers: 1, signal }),
    ).rejects.toThrow('small does not have the steps of this job');
  });
});
