import { StudyError } from '../errors.ts';
import { blockOtherReaders } from '../images/sharp.ts';
import { limitThreads } from '../linalg/fast.ts';
import type { FromStepProcess, ToStepProcess } from '../studies/units/processes.ts';
import { rerunFor } from '../studies/units/rerun.ts';
import { studyServices } from './study-services.ts';

/** The process of one core that computes steps of a study for `study run` or `study worker`. */
if (!process.send) throw new Error('step-process.ts runs as a process of another only');

// Ctrl-C comes to all processes of a terminal; the one that started this one says when to end.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
limitThreads(1);
blockOtherReaders();

const waiting: ((name: string | undefined) => void)[] = [];
const tell = (message: FromStepProcess) => process.send!(message);

process.on('message', (message: ToStepProcess) => {
  if (message.kind === 'step') waiting.shift()?.(message.name ?? undefined);
  else void compute(message).then(end, fail);
});

function compute({ experiment, folder }: Extract<ToStepProcess, { kind: 'start' }>) {
  const supply = {
    next: () =>
      new Promise<string | undefined>((resolve) => {
        waiting.push(resolve);
        tell({ kind: 'next' });
      }),
    put: async (name: string, value: unknown) => void tell({ kind: 'value', name, value }),
  };
  return rerunFor(
    experiment,
    folder,
    supply,
    studyServices(new AbortController().signal, 1, false),
  );
}

function end(): void {
  process.disconnect();
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isOfUser = error instanceof StudyError;
  const last: FromStepProcess = {
    kind: 'error',
    message: isOfUser ? message : (stack ?? message),
    hint: isOfUser ? error.hint : null,
  };
  process.send!(last, () => process.disconnect());
}
