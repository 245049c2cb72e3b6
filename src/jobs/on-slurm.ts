import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../provenance/lock.ts';
import type { Gathered } from './gather.ts';
import { type Job, jobsFolder } from './job.ts';
import type { Unit } from './parts.ts';
import { activeTasks, type Submission, submit } from './slurm.ts';
import type { Task } from './task.ts';
import { partsOf } from './unfinished.ts';

export interface SlurmOptions extends Submission {
  /** Number of parts that what is missing is dealt to. */
  readonly tasks: number;
  /** Whether to come back only when no task is left. */
  readonly isWaiting: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called when something was submitted, or is found under way. */
  readonly onNotice: (text: string) => void;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Milliseconds between two questions to Slurm: its controller serves everybody. */
const SHORTEST = 2000;
const LONGEST = 30_000;

/**
 * Has missing units made by Slurm. What waits or runs there is not submitted again; one process submits at a
 * time.
 *
 * @throws StudyError where Slurm refuses or does not answer; the signal's reason once it is aborted
 */
export async function makeOnSlurm(
  folder: string,
  job: Job,
  { missing }: Gathered,
  options: SlurmOptions,
): Promise<void> {
  const { tasks, isWaiting, signal, onNotice, onProgress } = options;
  const lock = await takeLock(join(jobsFolder(folder), 'submit.lock'), {
    what: 'this job is being submitted',
    hint: 'wait a moment, then run it again',
  });
  let active: Task[];
  try {
    active = await activeTasks(folder, job);
    const left = missing.filter((unit) => !active.some((task) => isIn(unit, task)));
    if (active.length > 0) onNotice(`${active.length} tasks of ${job.title} wait or run already`);
    const of = Math.min(tasks, job.units.length);
    const parts = partsOf(left, of);
    if (parts.length > 0) {
      const id = await submit(folder, job, parts, of, options);
      onNotice(`submitted ${job.title} to Slurm: job ${id}, ${parts.length} tasks`);
      active = [...active, ...parts.map((part) => ({ part, of }))];
    }
  } finally {
    await lock.release();
  }
  const total = active.length;
  for (
    let pause = SHORTEST;
    isWaiting && active.length > 0;
    pause = Math.min(LONGEST, 1.5 * pause)
  ) {
    onProgress?.(total - active.length, total);
    await sleep(pause, undefined, { signal }).catch(() => {});
    signal?.throwIfAborted();
    active = await activeTasks(folder, job);
  }
}

function isIn({ index }: Unit, { part, of }: Task): boolean {
  return index % of === part;
}
