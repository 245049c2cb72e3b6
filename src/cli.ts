import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { withConventions } from './commands/conventions.ts';
import { flushOutput, watchOutput } from './commands/output.ts';
import { guardConsole, visible } from './commands/terminal.ts';
import { errorCode, StudyError } from './errors.ts';
import { blockOtherReaders } from './images/sharp.ts';
import { packageVersion } from './provenance/environment.ts';

/** Exit codes: 1 is our error, or output that could not be written, 2 the user's, 130 an interrupted command that can be resumed. */
const OURS = 1;
const USERS = 2;
/** A limit of open files that so many modules at once can reach. */
const FEW_FILES = 256;

/** In the order of the help. A command is loaded when it is asked for: all of them take a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand(),
  run: async () => (await import('./commands/run.ts')).runCommand(),
  reproduce: async () => (await import('./commands/reproduce.ts')).reproduceCommand(),
  plot: async () => (await import('./commands/plot.ts')).plotCommand(),
  view: async () => (await import('./commands/view.ts')).viewCommand(),
  fid: async () => (await import('./commands/fid.ts')).fidCommand(),
  correct: async () => (await import('./commands/correct.ts')).correctCommand(),
  estimators: async () => (await import('./commands/estimators.ts')).estimatorsCommand(),
  plan: async () => (await import('./commands/plan.ts')).planCommand(),
  kid: async () => (await import('./commands/kid.ts')).kidCommand(),
  metrics: async () => (await import('./commands/metrics.ts')).metricsCommand(),
  estimate: async () => (await import('./commands/estimate.ts')).estimateCommand(),
  compare: async () => (await import('./commands/compare.ts')).compareCommand(),
  stats: async () => (await import('./commands/stats.ts')).statsCommand(),
  extract: async () => (await import('./commands/extract.ts')).extractCommand(),
  models: async () => (await import('./commands/models.ts')).modelsCommand(),
  data: async () => (await import('./commands/data.ts')).dataCommand(),
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand(),
  jitter: async () => (await import('./commands/jitter.ts')).jitterCommand(),
  worker: async () => (await import('./commands/worker.ts')).workerCommand(),
  env: async () => (await import('./commands/environment.ts')).environmentCommand(),
  diff: async () => (await import('./commands/diff.ts')).diffCommand(),
  completion: async () => (await import('./commands/completion.ts')).completionCommand(allCommands),
};

const program = new Command('study')
  .description('How the Fréchet Inception Distance depends on the number of generated images')
  .version(packageVersion())
  .showHelpAfterError('(add --help for usage)');

void main();

/** Not awaited at the top: the bundle is a CommonJS module (bin/bundle.mjs), which cannot. */
async function main(): Promise<void> {
  watchOutput();
  guardConsole();
  blockOtherReaders();
  try {
    for (const load of wanted(process.argv.slice(2)))
      program.addCommand(conventional(await load()));
    for (const command of [program, ...program.commands, ...program.commands.flatMap(children)]) {
      command.exitOverride();
      command.configureOutput({ writeErr: (text) => process.stderr.write(visible(text)) });
    }
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
  flushOutput();
}

/** The command that the arguments name. The help and a misspelt name need all commands. */
function wanted([first = '']: readonly string[]): (() => Promise<Command>)[] {
  if (Object.hasOwn(commands, first)) return [commands[first]!];
  return first === '--version' || first === '-V' ? [] : Object.values(commands);
}

/** With the options that every command has. */
function conventional(command: Command): Command {
  for (const each of [command, ...children(command)]) withConventions(each);
  return command;
}

function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(commands).map(async (load) => conventional(await load())));
}

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
  if (isOutOfFiles(error)) {
    console.error('study: too many files are open');
    console.error('  raise the limit, as by `ulimit -n 4096`, and run it again');
    return USERS;
  }
  console.error(inspect(error));
  return OURS;
}

/** Also of modules, of which Node may then say that they are missing. */
function isOutOfFiles(error: unknown): boolean {
  const code = errorCode(error);
  if (code === 'EMFILE' || code === 'ENFILE') return true;
  return code === 'ERR_MODULE_NOT_FOUND' && openFiles() < FEW_FILES;
}

function openFiles(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: Limits };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

interface Limits {
  readonly open_files?: { readonly soft: number | 'unlimited' };
}
