import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { calibrateCommand } from './commands/calibrate.ts';
import { compareCommand } from './commands/compare.ts';
import { correctCommand } from './commands/correct.ts';
import { dataCommand } from './commands/data.ts';
import { diffCommand } from './commands/diff.ts';
import { environmentCommand } from './commands/environment.ts';
import { estimateCommand } from './commands/estimate.ts';
import { estimatorsCommand } from './commands/estimators.ts';
import { extractCommand } from './commands/extract.ts';
import { fidCommand } from './commands/fid.ts';
import { jitterCommand } from './commands/jitter.ts';
import { kidCommand } from './commands/kid.ts';
import { modelsCommand } from './commands/models.ts';
import { flushOutput, watchOutput } from './commands/output.ts';
import { planCommand } from './commands/plan.ts';
import { plotCommand } from './commands/plot.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { runCommand } from './commands/run.ts';
import { statsCommand } from './commands/stats.ts';
import { sweepCommand } from './commands/sweep.ts';
import { guardConsole, visible } from './commands/terminal.ts';
import { workerCommand } from './commands/worker.ts';
import { StudyError } from './errors.ts';
import { blockOtherReaders } from './images/decode.ts';
import { packageVersion } from './provenance/environment.ts';

/** Exit codes: 1 is our error, or output that could not be written, 2 the user's, 130 an interrupted command that can be resumed. */
const OURS = 1;
const USERS = 2;

const program = new Command('study')
  .description('How the Fréchet Inception Distance depends on the number of generated images')
  .version(packageVersion())
  .showHelpAfterError('(add --help for usage)')
  .addCommand(sweepCommand())
  .addCommand(runCommand())
  .addCommand(reproduceCommand())
  .addCommand(plotCommand())
  .addCommand(fidCommand())
  .addCommand(correctCommand())
  .addCommand(estimatorsCommand())
  .addCommand(planCommand())
  .addCommand(kidCommand())
  .addCommand(estimateCommand())
  .addCommand(compareCommand())
  .addCommand(statsCommand())
  .addCommand(extractCommand())
  .addCommand(modelsCommand())
  .addCommand(dataCommand())
  .addCommand(calibrateCommand())
  .addCommand(jitterCommand())
  .addCommand(workerCommand())
  .addCommand(environmentCommand())
  .addCommand(diffCommand());

for (const command of [program, ...program.commands, ...program.commands.flatMap(children)]) {
  command.exitOverride();
  command.configureOutput({ writeErr: (text) => process.stderr.write(visible(text)) });
}

watchOutput();
guardConsole();
blockOtherReaders();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
flushOutput();

function children(command: Command): readonly Command[] {
  return command.commands;
}

/** Prints what went wrong; returns the exit code. */
function report(error: unknown): number {
  // commander has already printed its message; help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USERS;
  if (error instanceof StudyError) {
    console.error(`study: ${error.message.replaceAll('\n', '\\n')}`);
    console.error(`  ${error.hint}`);
    return USERS;
  }
  console.error(inspect(error));
  return OURS;
}
