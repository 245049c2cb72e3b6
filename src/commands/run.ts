import { basename } from 'node:path';
import { Command } from 'commander';
import { StudyError } from '../errors.ts';
import { kinds } from '../studies/registry.ts';
import { type ExperimentOutput, experimentsAt, runExperiment } from '../studies/run.ts';
import { wrote } from './conventions.ts';
import { arrayOf, type EngineFlags, orUnfinished, withEngineFlags } from './engine-flags.ts';
import { interruptible } from './interrupt.ts';
import { duration } from './progress.ts';
import { studyRun } from './study-services.ts';
import { wholeNumber } from './whole-number.ts';

export interface RunFlags extends EngineFlags {
  readonly out?: string;
  readonly set?: readonly string[];
  readonly workers?: number;
  readonly restart?: boolean;
}

/** Settings of an experiment from the command line. */
export const setFlag = [
  '--set <name=value...>',
  'settings that replace those of the file, such as seeds=3',
] as const;

/** `study run`: turns experiments into results. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run an experiment, or all of a folder, and write its results')
    .argument('<path>', 'a file or folder, such as experiments/cifar10-cfm.json or experiments')
    .option('--out <dir>', 'folder for the files (default: results/NAME next to experiments/)')
    .option(...setFlag)
    .option('--workers <n>', 'worker threads (default: one per core)', wholeNumber('--workers', 1))
    .option('--restart', 'discard the finished parts of an earlier run');
  return withEngineFlags(command).addHelpText('after', help).action(runExperimentCommand);
}

const help = `
An experiment is a JSON file: study (its kind), header (aims, data-generating mechanisms, estimands,
methods, performance measures) and settings. On one machine the same experiment gives the same tables
and charts, byte for byte, except for times: timings.csv, and the columns that the setting timings
fills. On another machine the last digits may differ, because other vector instructions sum in another
order. The results of jitter, and the extraction part of practice, describe one processor only.

Paths are relative to the working directory, as in every other command, or name files next to the
experiment. If your data is elsewhere, say where: --set train.images=DIR. Ctrl-C keeps what is finished.

Kinds of study:
${kinds.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}`;

/** Does what `study run` does with these flags, and prints the same. */
export async function runExperimentCommand(
  path: string,
  { out, set, restart, ...engine }: RunFlags,
): Promise<void> {
  const { workers } = engine;
  if (restart && engine.engine !== 'local') {
    throw new StudyError(
      `--restart with --engine ${engine.engine}, whose units are never made twice`,
      'to start over, delete the folder, or give another --out',
    );
  }
  const paths = await experimentsAt(path);
  if (paths.length > 1 && out !== undefined) {
    throw new StudyError(
      `one --out for ${paths.length} experiments: ${out}`,
      'leave it out: each writes to a folder of its own name',
    );
  }
  const failed: StudyError[] = [];
  for (const each of paths) {
    const start = performance.now();
    try {
      const run = (signal: AbortSignal) =>
        runExperiment(each, {
          out,
          overrides: set,
          ...studyRun(signal, { workers, restart, array: arrayOf(engine, out, signal) }),
        });
      const output = await orUnfinished(
        () => interruptible(run, 'what is finished is kept'),
        engine,
      );
      if (!output) return;
      printStudy(output, (performance.now() - start) / 1000);
    } catch (error) {
      // The other experiments of a folder still run: this one may lack its data.
      if (paths.length === 1 || !(error instanceof StudyError)) throw error;
      failed.push(error);
      console.error(`study: ${each}: ${error.message}\n  ${error.hint}`);
    }
    if (paths.length > 1) console.log();
  }
  if (failed.length > 0) {
    throw new StudyError(
      `${failed.length} of ${paths.length} experiments in ${path} failed`,
      'fix what each one says above; the same command then runs the rest',
    );
  }
}

/** Prints a study's lines, its time and where its files are. */
export function printStudy(
  { name, lines, files, folder }: ExperimentOutput,
  seconds: number,
): void {
  for (const line of lines) console.log(line);
  console.log(`${name} in ${duration(seconds)}`);
  wrote(folder, files);
  console.log(`${files.map((file) => basename(file)).join(', ')} are in ${folder}`);
}
