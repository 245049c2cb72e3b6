import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type EngineFlags, withEngineFlags } from './engine-flags.ts';
import { runExperimentCommand } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface EstimatorsFlags extends EngineFlags {
  readonly dimension?: number;
  readonly repetitions?: number;
  readonly methods?: string;
  readonly timings?: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly restart?: boolean;
}

/** `study estimators`: repeats the bake-off that chose the default estimator. */
export function estimatorsCommand(): Command {
  const command = new Command('estimators')
    .description('compare all estimators of FID at infinity on surrogates whose FID is known')
    .option(
      '--dimension <d>',
      'dimensions of the surrogates (default: 256)',
      wholeNumber('--dimension', 2),
    )
    .option(
      '--repetitions <n>',
      'draws of each surrogate and size',
      wholeNumber('--repetitions', 1),
    )
    .option('--methods <list>', 'estimators to compare, plug-in included (default: all)')
    .option('--timings', 'time each estimator alone; times differ from run to run')
    .option('--out <dir>', 'folder for the files', 'runs/estimators')
    .option('--workers <n>', 'processes (default: one per core)', wholeNumber('--workers', 1))
    .option('--restart', 'discard the finished draws of an earlier run');
  return withEngineFlags(command).addHelpText('after', help).action(run);
}

const help = `
Sizes are numbers of images at 2,048 dimensions; surrogates with fewer dimensions keep the number of
images per dimension. Ctrl-C keeps the finished draws; the same command resumes. The settings are
those of experiments/estimators.json; its results are in results/estimators.`;

async function run(flags: EstimatorsFlags): Promise<void> {
  const { dimension, repetitions, methods, timings, ...rest } = flags;
  const overrides = [
    ...(dimension === undefined ? [] : [`dimension=${dimension}`]),
    ...(repetitions === undefined ? [] : [`repetitions=${repetitions}`]),
    ...(methods === undefined ? [] : [`methods=${JSON.stringify(methods.split(','))}`]),
    ...(timings === undefined ? [] : [`timings=${timings}`]),
  ];
  // The same relative path from src/commands and from dist/commands.
  const experiment = new URL('../../experiments/estimators.json', import.meta.url);
  await runExperimentCommand(fileURLToPath(experiment), { ...rest, set: overrides });
}
