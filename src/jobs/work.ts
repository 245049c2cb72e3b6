import { StudyError } from '../errors.ts';
import { readArrays } from './arrays.ts';
import { arraysOf, type Job } from './job.ts';
import type { JobKind, Tools } from './kind.ts';
import { machineInWords, thisMachine } from './machine.ts';
import { findParts, partPath, putPart, type Unit, unitsOf } from './parts.ts';
import type { Task } from './task.ts';

export interface WorkOptions extends Pick<Tools, 'workers' | 'signal' | 'onProgress'> {
  /** Whether a machine that rounds otherwise may take part. */
  readonly isMixed?: boolean | undefined;
}

/** What a task did. */
export interface Work {
  readonly made: number;
  /** Units of the task that were there already. */
  readonly found: number;
}

/**
 * Does the units of one task of a job that are not there yet.
 *
 * @throws StudyError on a machine with other code, or that rounds otherwise; where another machine gave a
 *   unit another value; the signal's reason once it is aborted
 */
export async function workOn(
  folder: string,
  job: Job,
  kind: JobKind,
  { part, of }: Task,
  { isMixed = false, ...tools }: WorkOptions,
): Promise<Work> {
  const probe = await requireAlike(job, kind, isMixed);
  const own = unitsOf(job).filter(({ index }) => index % of === part);
  const left = await unitsLeft(folder, job, own, probe);
  let made = 0;
  if (left.length > 0) {
    await kind.work(job, left, {
      ...tools,
      folder,
      arrays: (names) => readArrays(arraysOf(folder, job), names, job.arrays!),
      async put(unit, result) {
        await putPart(folder, unit, probe, result);
        made++;
      },
    });
  }
  tools.signal.throwIfAborted();
  return { made, found: own.length - left.length };
}

/** Units without a part by machines like this one or, in a mixed job, like the job asks. */
async function unitsLeft(
  folder: string,
  job: Job,
  own: readonly Unit[],
  probe: string,
): Promise<Unit[]> {
  const found = await findParts(folder, job, own);
  return own.filter((unit) => {
    const { own: asked, others } = found.get(unit.id)!;
    const mine = partPath(folder, unit, probe);
    return ![asked, ...others].some(
      (each) => each && !each.isFailed && (each === asked || each.path === mine),
    );
  });
}

/** @throws StudyError naming this machine and what is other about it */
async function requireAlike(job: Job, kind: JobKind, isMixed: boolean): Promise<string> {
  const here = machineInWords(thisMachine(''));
  if (kind.code(job) !== job.code) {
    throw new StudyError(
      `${here} has other code, or other libraries, than the job ${job.name} was prepared with`,
      'install the same version of fid-study and its libraries on every machine, or prepare the job again with these',
    );
  }
  const probe = await kind.probe(job);
  if (probe === job.probe || isMixed) return probe;
  throw new StudyError(
    `${here} rounds otherwise than the machine that prepared the job ${job.name}: its processor has other vector instructions`,
    'start it on machines of one kind (sbatch --constraint), or add --mixed to this worker and to the command that gathers: last digits then depend on who did what',
  );
}
