import { describe, expect, it } from 'vitest';
import { coresGiven } from '../../src/jobs/cores.ts';
import { taskOf } from '../../src/jobs/task.ts';

describe('the task of a process', () => {
  it.each([
    ['Slurm', { SLURM_ARRAY_TASK_ID: '0' }, 0],
    ['Slurm', { SLURM_ARRAY_TASK_ID: '5' }, 5],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '5' }, 5],
    ['SGE, which counts from 1', { SGE_TASK_ID: '1' }, 0],
    ['LSF, which counts from 1', { LSB_JOBINDEX: '6' }, 5],
    ['AWS Batch', { AWS_BATCH_JOB_ARRAY_INDEX: '5' }, 5],
  ])('is the index of %s', (_, env, part) => {
    expect(taskOf({ of: 8 }, env)).toEqual({ part, of: 8 });
  });

  it.each([
    [
      { SLURM_ARRAY_TASK_ID: '2', ...slurm(0, 3, 4) },
      { part: 2, of: 4 },
    ],
    [
      { SGE_TASK_ID: '2', SGE_TASK_FIRST: '1', SGE_TASK_LAST: '4' },
      { part: 1, of: 4 },
    ],
    [
      { LSB_JOBINDEX: '2', LSB_JOBINDEX_END: '4' },
      { part: 1, of: 4 },
    ],
    [
      { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '4' },
      { part: 2, of: 4 },
    ],
  ])('is one of as many as the scheduler says', (env, task) => {
    expect(taskOf({}, env)).toEqual(task);
  });

  it.each([
    ['an index without a number of tasks', {}, { JOB_COMPLETION_INDEX: '2' }, /not how many parts/],
    [
      'an array that is a part of one',
      {},
      { SLURM_ARRAY_TASK_ID: '3', ...slurm(3, 7, 2) },
      /not how/,
    ],
    ['an array that begins at 1', {}, { SLURM_ARRAY_TASK_ID: '1', ...slurm(1, 4, 4) }, /not how/],
    ['an index beyond', { of: 4 }, { SLURM_ARRAY_TASK_ID: '4' }, /_ID=4 is not a part of 4/],
    ['a part beyond', { part: 4, of: 4 }, {}, /--part 4 is not a part of 4/],
    ['a part of nothing', { part: 0 }, {}, /--part 0 without --of/],
    ['parts without an index', { of: 3 }, {}, /no scheduler has set an index/],
    ['parts without end', { part: 0, of: 1e6 }, {}, /invalid number of parts: 1000000/],
  ] as const)('refuses %s', (_, flags, env, message) => {
    expect(() => taskOf(flags, env)).toThrow(message);
  });

  it('is the only one outside of arrays, also where SGE and LSF say that there is none', () => {
    for (const env of [{}, { SGE_TASK_ID: 'undefined' }, { LSB_JOBINDEX: '0' }]) {
      expect(taskOf({}, env)).toEqual({ part: 0, of: 1 });
    }
    // A part that is told counts more than a scheduler's index.
    expect(taskOf({ part: 1, of: 2 }, { SLURM_ARRAY_TASK_ID: '7' })).toEqual({ part: 1, of: 2 });
  });

  it('uses the cores that the scheduler gave it', () => {
    expect(coresGiven({})).toBe(undefined);
    expect(coresGiven({ SLURM_CPUS_PER_TASK: '1', SLURM_CPUS_ON_NODE: '2' })).toBe(1);
    expect(coresGiven({ NSLOTS: '1' })).toBe(1);
    expect(coresGiven({ NSLOTS: '0', LSB_DJOB_NUMPROC: 'all' })).toBe(undefined);
  });
});

function slurm(min: number, max: number, count: number) {
  return {
    SLURM_ARRAY_TASK_MIN: `${min}`,
    SLURM_ARRAY_TASK_MAX: `${max}`,
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  };
}
