import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { makeFolder } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { type Job, jobsFolder } from './job.ts';
import type { Task } from './task.ts';
import { ranges } from './unfinished.ts';
import { quoted } from './words.ts';

/** Bytes of what Slurm prints: a line for each of 100,000 tasks. */
const LONGEST = 2 ** 26;

export interface Submission {
  /** Words that start `study` on every node. */
  readonly command: readonly string[];
  /** Flags of `study worker`. */
  readonly worker: readonly string[];
  /** Flags of sbatch. */
  readonly flags: readonly string[];
}

/**
 * Submits some parts of a job as the tasks of one array.
 *
 * @returns Slurm's number of the job
 * @throws StudyError where sbatch is missing or refuses
 */
export async function submit(
  folder: string,
  job: Job,
  parts: readonly number[],
  of: number,
  { command, worker: more, flags }: Submission,
): Promise<string> {
  const logs = logsFolder(folder);
  await makeFolder(logs);
  const worker = [
    ...command,
    'worker',
    resolve(folder),
    '--job',
    job.name,
    '--of',
    `${of}`,
    ...more,
  ];
  const out = await slurm(
    'sbatch',
    [
      // Slurm replaces %A, %a and the like in it.
      `--output=${resolve(logs).replaceAll('%', '%%')}/%A_%a.log`,
      ...flags,
      '--parsable',
      `--job-name=${nameOf(folder, job, of)}`,
      `--array=${ranges(parts)}`,
    ],
    `#!/bin/sh\nexec ${worker.map(quoted).join(' ')}\n`,
  );
  const [, id] = /^(\d+)(?:;.*)?\s*$/m.exec(out) ?? [];
  if (id) return id;
  throw new StudyError(`sbatch printed no number of a job: ${out.trim()}`, 'see squeue --me');
}

/** Where the tasks of Slurm write what they print. */
export function logsFolder(folder: string): string {
  return join(jobsFolder(folder), 'logs');
}

/**
 * Tasks of a job that wait or run, whoever submitted them, by any number of parts.
 *
 * @throws StudyError where squeue is missing or Slurm does not answer: nothing is known then
 */
export async function activeTasks(folder: string, job: Job): Promise<Task[]> {
  const out = await slurm('squeue', ['--me', '--noheader', '--array', '--format=%K|%j']);
  const start = nameOf(folder, job);
  return out.split('\n').flatMap((line) => {
    const [, part, name] = /^\s*(\d+)\|(\S+)\s*$/.exec(line) ?? [];
    const of = name?.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    return Number.isInteger(of) && of > 0 ? [{ part: Number(part), of }] : [];
  });
}

/** The job's name in the queue, which says what runs there; so nothing need be kept, or can be lost. */
function nameOf(folder: string, { name }: Job, of?: number): string {
  return `study-${name}-${sha256Of(resolve(folder)).slice(0, 6)}-${of ?? ''}`;
}

function slurm(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: LONGEST, encoding: 'utf8' } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (errorCode(error) === 'ENOENT') {
        const hint = 'run it where Slurm’s commands are, or use --engine array';
        reject(new StudyError(`${program} is not installed here`, hint, { cause: error }));
      } else {
        const said = stderr.trim().split('\n').at(-1) || error.message;
        const hint = 'check --slurm-args and the cluster (sinfo); the same command tries again';
        reject(new StudyError(`${program} failed: ${said}`, hint, { cause: error }));
      }
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}
