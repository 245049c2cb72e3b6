import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { runExperimentCommand } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface EstimatorsFlags {
  readonly dimension?: number;
  readonly repetitions?: number;
  readonly methods?: string;
  readonly timings?: boolean;
  readonly out?: string;
  readonly restart?: boolean;
}

/** `study estimators`: the bake-off that the default estimator comes from, by anyone. */
export function estimatorsCommand(): Command {
  return new Command('estimators')
    .description('compare all estimators of FID at infinity on surrogates whose FID is known')
    .option(
      '--dimension <d>',
      'coordinates of the surrogates (default: 256)',
      wholeNumber('--dimension', 2),
    )
    .option(
      '--repetitions <n>',
      'draws of each surrogate and size',
      wholeNumber('--repetitions', 1),
    )
    .option('--methods <list>', 'estimators to compare (default: all), the plug-in among them')
    .option('--timings', 'take the time of each estimator alone, which differs from run to run')
    .option('--out <dir>', 'folder for the files', 'runs/estimators')
    .option('--restart', 'forget the finished draws of an earlier run')
    .addHelpText('after', help)
    .action(run);
}

const help = `
Sizes are numbers of images at 2,048 dimensions; surrogates of fewer stand in for them at the same
number of images a dimension. Ctrl-C keeps the finished draws; the same command goes on. The
settings are those of experiments/estimators.json, whose results are in results/estimators.`;

async function run(flags: EstimatorsFlags): Promise<void> {
  const { dimension, repetitions, methods, timings, out, restart } = flags;
  const overrides = [
    ...(dimension === undefined ? [] : [`dimension=${dimension}`]),
    ...(repetitions === undefined ? [] : [`repetitions=${repetitions}`]),
    ...(methods === undefined ? [] : [`methods=${JSON.stringify(methods.split(','))}`]),
    ...(timings === undefined ? [] : [`timings=${timings}`]),
  ];
  // The same relative path from src/commands and from dist/commands.
  const experiment = new URL('../../experiments/estimators.json', import.meta.url);
  await runExperimentCommand(fileURLToPath(experiment), { out, restart, set: overrides });
}
