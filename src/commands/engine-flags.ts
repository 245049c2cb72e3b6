import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { StudyError } from '../errors.ts';
import type { ArrayOptions } from '../jobs/prepare.ts';
import { mostTasks } from '../jobs/task.ts';
import { partsOf, ranges, Unfinished } from '../jobs/unfinished.ts';
import { wholeNumber } from './whole-number.ts';

/** Exit code of a command whose units are still to be made: neither done nor failed. */
const UNFINISHED = 3;

export interface EngineFlags {
  readonly engine: 'local' | 'array';
  readonly tasks?: number;
  readonly mixed?: boolean;
}

/** Adds the flags of a command that can leave its work to a scheduler. */
export function withEngineFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'where the work is done')
        .choices(['local', 'array'])
        .default('local'),
    )
    .option('--tasks <k>', 'tasks of the array job (default: 8)', wholeNumber('--tasks', 1))
    .option('--mixed', 'let machines take part that round otherwise');
}

const TASKS = 8;

/**
 * How a command leaves its units to an array job; undefined if it does them itself.
 *
 * @throws StudyError for flags of an array job without one, and without --out
 */
export function arrayOf(
  { engine, tasks, mixed }: EngineFlags,
  out: string | undefined,
): Omit<ArrayOptions, 'folder'> | undefined {
  if (engine === 'local') {
    if (tasks === undefined && mixed === undefined) return undefined;
    const flag = tasks === undefined ? '--mixed' : `--tasks ${tasks}`;
    throw new StudyError(`${flag} without an array job`, 'add --engine array, or leave it out');
  }
  if (out === undefined) {
    throw new StudyError(
      `--engine ${engine} without --out`,
      'give --out, a folder on a file system that all machines share',
    );
  }
  if (tasks !== undefined && tasks > mostTasks) {
    throw new StudyError(`--tasks ${tasks}`, `a job may have ${mostTasks} tasks`);
  }
  return { isMixed: mixed ?? false };
}

/** Runs a command's work; what it prints of units that are still to be made is how to make them. */
export async function orUnfinished<Result>(
  work: () => Promise<Result>,
  { tasks = TASKS, mixed = false }: Pick<EngineFlags, 'tasks' | 'mixed'>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    for (const line of unfinishedLines(error, tasks, mixed)) console.log(line);
    process.exitCode = UNFINISHED;
    return undefined;
  }
}

/** What is missing, and the exact lines that start just that. */
export function unfinishedLines(
  { folder, job, missing }: Unfinished,
  tasks: number,
  isMixed: boolean,
): string[] {
  const { length } = job.units;
  const k = Math.min(tasks, length);
  const parts = partsOf(missing, k);
  const path = quoted(resolve(folder));
  const worker = `study worker ${path} --job ${job.name} --of ${k}${isMixed ? ' --mixed' : ''}`;
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
    'then run this command again: it writes the results',
  ];
}

function shortened(numbers: readonly number[]): string {
  const text = ranges(numbers);
  return text.length <= 200 ? text : `${text.slice(0, text.lastIndexOf(',', 200))}, …`;
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
