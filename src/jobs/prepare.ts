import { type Gathered, gather } from './gather.ts';
import { type Job, type JobPlan, jobsIn, writeJob } from './job.ts';
import { Unfinished } from './unfinished.ts';

/** What a command does with units that it wants to have made elsewhere. */
export interface ArrayOptions {
  /** The folder of the results, below which the job is. */
  readonly folder: string;
  /** Whether machines that round otherwise take part. */
  readonly isMixed: boolean;
  /**
   * Waits for units that are missing, having started them, say. It returns when there is a point in
   * gathering again.
   */
  readonly onMissing?:
    | ((folder: string, job: Job, gathered: Gathered) => Promise<void>)
    | undefined;
}

/** A job all of whose units are there. */
export interface Complete extends Gathered {
  readonly job: Job;
}

/**
 * Prepares a job and gathers it.
 *
 * @throws Unfinished while units are missing
 */
export async function prepareOrGather(
  plan: JobPlan,
  { folder, isMixed, onMissing }: ArrayOptions,
): Promise<Complete> {
  const job = (isMixed && (await sameJob(folder, plan))) || (await writeJob(folder, plan));
  let gathered = await gather(folder, job, isMixed);
  if (gathered.missing.length > 0 && onMissing) {
    await onMissing(folder, job, gathered);
    gathered = await gather(folder, job, isMixed);
  }
  if (gathered.missing.length > 0) throw new Unfinished(folder, job, gathered.missing);
  return { job, ...gathered };
}

/**
 * A mixed job may have been prepared on a machine that rounds otherwise: with other last digits in its
 * arrays, but for the same results.
 */
async function sameJob(folder: string, plan: JobPlan): Promise<Job | undefined> {
  const asked = JSON.stringify([plan.kind, plan.code, plan.units, plan.request]);
  const jobs = await jobsIn(folder);
  return jobs.find(
    ({ kind, code, units, request }) => JSON.stringify([kind, code, units, request]) === asked,
  );
}
