import { Command } from 'commander';
import { sharedAlgebra } from '../linalg/fast.ts';
import { calibrate } from '../studies/calibration/calibrate.ts';
import { writeWhole } from '../tables/files.ts';
import { wrote } from './conventions.ts';
import { showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

interface CalibrateOptions {
  readonly draws: number;
  readonly studySeed: number;
  readonly out: string;
}

/** `study calibrate`: fits the built-in surrogate to published numbers. */
export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description('refit the built-in surrogate cifar10-cfm to published FIDs')
    .option('--draws <n>', 'simulated draws of 50,000', wholeNumber('--draws', 2, 1000), 8)
    .option('--study-seed <n>', 'root of all seeds', wholeNumber('--study-seed'), 0)
    .option('--out <file>', 'the surrogate as JSON', 'cifar10-cfm.json')
    .addHelpText(
      'after',
      '\nThe same draws and seed give the same file on the same machine. The fit targets are listed in\n' +
        'src/studies/calibration/targets.ts. Use the file with `study sweep --source FILE`.',
    )
    .action(run);
}

async function run({ draws, studySeed, out }: CalibrateOptions): Promise<void> {
  const progress = showProgress('calibrating', 'steps');
  try {
    const algebra = sharedAlgebra();
    const definition = await calibrate({
      draws,
      studySeed,
      algebra,
      onProgress: progress.update,
    });
    const text = `${JSON.stringify(definition, null, 2)}\n`;
    await writeWhole(out, text);
  } finally {
    progress.stop();
  }
  wrote(null, [out]);
  console.log(out);
}
