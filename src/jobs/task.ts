import { StudyError } from '../errors.ts';

/** Which part of a job a process does: units part, part + of, part + 2 of, … */
export interface Task {
  readonly part: number;
  readonly of: number;
}

/** Most parts of a job; Slurm's own limit is usually 1,001 to 4,000,000. */
export const mostTasks = 100_000;

type Env = Readonly<Record<string, string | undefined>>;

/** A scheduler that numbers the tasks of an array job. */
interface Scheduler {
  readonly name: string;
  readonly index: string;
  /** Index of its first task when started as docs/cluster.md says. */
  readonly first: 0 | 1;
  /** Number of its tasks, where it tells and where they are numbered without gaps from `first`. */
  count?(env: Env): number | undefined;
}

const schedulers: readonly Scheduler[] = [
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 0,
    count: (env) =>
      countFrom(env, 0, 'SLURM_ARRAY_TASK_MIN', 'SLURM_ARRAY_TASK_MAX', 'SLURM_ARRAY_TASK_COUNT'),
  },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0 },
  {
    name: 'SGE',
    index: 'SGE_TASK_ID',
    first: 1,
    count: (env) => countFrom(env, 1, 'SGE_TASK_FIRST', 'SGE_TASK_LAST'),
  },
  {
    name: 'LSF',
    index: 'LSB_JOBINDEX',
    first: 1,
    count: (env) => countFrom(env, 1, undefined, 'LSB_JOBINDEX_END'),
  },
  {
    name: 'AWS Batch',
    index: 'AWS_BATCH_JOB_ARRAY_INDEX',
    first: 0,
    count: (env) => numberIn(env, 'AWS_BATCH_JOB_ARRAY_SIZE'),
  },
];

/**
 * The task of this process: as told, or by the variables that a scheduler sets; the only one without
 * either.
 *
 * @param part from 0; by default the scheduler's index
 * @param of by default the scheduler's number of tasks
 * @throws StudyError for a part that is not below `of`, and for an index without a number of tasks
 */
export function taskOf(
  { part, of }: { readonly part?: number | undefined; readonly of?: number | undefined },
  env: Env = process.env,
): Task {
  if (part !== undefined) {
    if (of === undefined)
      throw new StudyError(`--part ${part} without --of`, 'add --of, the number of parts');
    return checkedTask(part, of, `--part ${part}`);
  }
  // SGE and LSF set theirs to `undefined` and 0 in a job that is not an array.
  const scheduler = schedulers.find(({ index, first }) => (numberIn(env, index) ?? -1) >= first);
  if (!scheduler) {
    if (of === undefined || of === 1) return { part: 0, of: 1 };
    throw new StudyError(
      `--of ${of} without --part, and no scheduler has set an index`,
      `give --part from 0 to ${of - 1}, or start it as an array job`,
    );
  }
  const { name, index, first, count } = scheduler;
  const tasks = of ?? count?.(env);
  const text = `${index}=${env[index]}`;
  if (tasks === undefined) {
    throw new StudyError(
      `${text} of ${name}, but not how many parts there are`,
      'add --of, the number of parts',
    );
  }
  return checkedTask(numberIn(env, index)! - first, tasks, text);
}

/** The number of tasks from first to last without gaps; undefined if there are gaps, or nobody tells. */
function countFrom(
  env: Env,
  first: number,
  low: string | undefined,
  high: string,
  count?: string,
): number | undefined {
  const last = numberIn(env, high);
  if (last === undefined) return undefined;
  if (low !== undefined && numberIn(env, low) !== first) return undefined;
  const tasks = last - first + 1;
  if (count !== undefined && numberIn(env, count) !== tasks) return undefined;
  return tasks;
}

function numberIn(env: Env, name: string): number | undefined {
  const text = env[name];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function checkedTask(part: number, of: number, text: string): Task {
  if (!Number.isInteger(of) || of < 1 || of > mostTasks) {
    throw new StudyError(
      `invalid number of parts: ${of}`,
      `give a whole number from 1 to ${mostTasks} for --of`,
    );
  }
  if (!Number.isInteger(part) || part < 0 || part >= of) {
    throw new StudyError(`${text} is not a part of ${of}`, `parts are 0 to ${of - 1}`);
  }
  return { part, of };
}
