import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { StudyError } from '../errors.ts';
import { makeOnSlurm } from '../jobs/on-slurm.ts';
import type { ArrayOptions } from '../jobs/prepare.ts';
import { logsFolder } from '../jobs/slurm.ts';
import { mostTasks } from '../jobs/task.ts';
import { partsOf, ranges, Unfinished } from '../jobs/unfinished.ts';
import { quoted, wordsOf } from '../jobs/words.ts';
import { showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

/** Exit code of a command whose units are still to be made: neither done nor failed. */
const UNFINISHED = 3;
const TASKS = 8;

export interface EngineFlags {
  readonly engine: 'local' | 'array' | 'slurm';
  readonly tasks?: number;
  readonly slurmArgs?: string;
  readonly wait?: boolean;
  readonly mixed?: boolean;
  /** Of each task, if this command has it. */
  readonly workers?: number;
}

/** Adds the flags of a command that can leave its work to a scheduler. */
export function withEngineFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'where the work is done: docs/cluster.md')
        .choices(['local', 'array', 'slurm'])
        .default('local'),
    )
    .option('--tasks <k>', `tasks of the array job (default: ${TASKS})`, wholeNumber('--tasks', 1))
    .option('--slurm-args <flags>', 'flags of sbatch, such as "--partition=cpu --time=60"')
    .option('--wait', 'wait for the tasks of --engine slurm, then write the results')
    .option('--mixed', 'let machines take part that round otherwise');
}

/**
 * How a command leaves its units to an array job; undefined if it does them itself.
 *
 * @throws StudyError for flags of an array job without one, and without --out
 */
export function arrayOf(
  flags: EngineFlags,
  out: string | undefined,
  signal?: AbortSignal,
): Omit<ArrayOptions, 'folder'> | undefined {
  const { engine, tasks = TASKS, mixed = false } = flags;
  requireUsed(flags);
  if (engine === 'local') return undefined;
  if (out === undefined) {
    throw new StudyError(
      `--engine ${engine} without --out`,
      'give --out, a folder on a file system that all machines share',
    );
  }
  if (tasks > mostTasks) {
    throw new StudyError(`--tasks ${tasks}`, `a job may have ${mostTasks} tasks`);
  }
  if (engine === 'array') return { isMixed: mixed };
  const slurmFlags = wordsOf(flags.slurmArgs ?? '');
  return {
    isMixed: mixed,
    async onMissing(folder, job, gathered) {
      const progress = showProgress('on Slurm', 'tasks');
      await makeOnSlurm(folder, job, gathered, {
        tasks,
        flags: slurmFlags,
        command: [process.execPath, resolve(process.argv[1] ?? '')],
        worker: workerFlags(flags),
        isWaiting: flags.wait ?? false,
        signal,
        onNotice: progress.notice,
        onProgress: progress.update,
      }).finally(progress.stop);
    },
  };
}

/** What each task is told. */
function workerFlags({ mixed, workers }: Pick<EngineFlags, 'mixed' | 'workers'>): string[] {
  return [
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...(mixed ? ['--mixed'] : []),
  ];
}

/** @throws StudyError for a flag that the engine does not have */
function requireUsed({ engine, tasks, mixed, slurmArgs, wait }: EngineFlags): void {
  const ofArrays = [tasks !== undefined && '--tasks', mixed && '--mixed'];
  const ofSlurm = [slurmArgs !== undefined && '--slurm-args', wait && '--wait'];
  const unused = [...(engine === 'local' ? ofArrays : []), ...(engine !== 'slurm' ? ofSlurm : [])];
  const flag = unused.find(Boolean);
  if (!flag) return;
  const needed = ofSlurm.includes(flag) ? 'slurm' : 'array';
  throw new StudyError(
    `${flag} with --engine ${engine}`,
    `add --engine ${needed}, or leave it out`,
  );
}

/** Runs a command's work; what it prints of units that are still to be made is how to make them. */
export async function orUnfinished<Result>(
  work: () => Promise<Result>,
  flags: EngineFlags,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    const isUnderWay = flags.engine === 'slurm' && !flags.wait;
    const lines = isUnderWay ? underWayLines(error) : unfinishedLines(error, flags);
    for (const line of lines) console.log(line);
    process.exitCode = UNFINISHED;
    return undefined;
  }
}

function underWayLines({ job, missing }: Unfinished): string[] {
  return [
    `${missing.length} of ${job.units.length} units of ${job.title} are still to be made`,
    'once squeue --me shows no task of it, run this command again: it writes the results',
  ];
}

/** What is missing, and the exact lines that start just that. */
export function unfinishedLines(
  { folder, job, missing }: Unfinished,
  flags: EngineFlags,
): string[] {
  const { length } = job.units;
  const k = Math.min(flags.tasks ?? TASKS, length);
  const parts = partsOf(missing, k);
  const path = quoted(resolve(folder));
  const words = ['worker', path, '--job', job.name, '--of', `${k}`, ...workerFlags(flags)];
  const worker = `study ${words.join(' ')}`;
  const state =
    missing.length === length
      ? `${length} units of ${job.title} are to be made, in ${k} parts`
      : `${missing.length} of ${length} units of ${job.title} are missing, in parts ${ranges(parts)} of ${k}: units ${shortened(missing.map(({ index }) => index))}`;
  return [
    state,
    'with Slurm:',
    `  sbatch --array=${ranges(parts)} --wrap=${quoted(worker)}`,
    'or each part by itself, on any machine that has this folder:',
    `  ${worker} --part ${parts[0]}${parts.length > 1 ? `   (to ${parts.at(-1)})` : ''}`,
    ...(flags.engine === 'slurm'
      ? [`what the tasks on Slurm printed is in ${logsFolder(folder)}`]
      : []),
    'then run this command again: it writes the results',
  ];
}

function shortened(numbers: readonly number[]): string {
  const text = ranges(numbers);
  return text.length <= 200 ? text : `${text.slice(0, text.lastIndexOf(',', 200))}, …`;
}
