import { type ChildProcess, fork } from 'node:child_process';
import { StudyError } from '../../errors.ts';
import type { Experiment } from '../experiment.ts';
import { kindOf } from '../registry.ts';
import type { KeepStep, StepsElsewhere } from '../steps.ts';

export type ToStepProcess =
  | { readonly kind: 'start'; readonly experiment: Experiment; readonly folder: string }
  /** The next step to compute; null if there is none left. */
  | { readonly kind: 'step'; readonly name: string | null };

export type FromStepProcess =
  | { readonly kind: 'next' }
  | { readonly kind: 'value'; readonly name: string; readonly value: unknown }
  /** Ends the process; `hint` of a StudyError. */
  | { readonly kind: 'error'; readonly message: string; readonly hint: string | null };

export interface StepProcessOptions {
  /** Most processes, one core each. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** The module that a process runs. */
  readonly entry: URL;
  /** Milliseconds for which steps are computed here first: a process takes a second to start. */
  readonly patience?: number;
}

const PATIENCE = 3000;

/** Has steps computed by processes of this machine, dealt out as they become free; none if they are timed. */
export function stepProcesses(
  experiment: Experiment,
  folder: string,
  { workers, signal, entry, patience = PATIENCE }: StepProcessOptions,
): StepsElsewhere {
  return {
    patience,
    async compute(names, keep) {
      const { isTimed } = kindOf(experiment.study, experiment.path);
      const count = isTimed ? 1 : Math.min(workers, names.length);
      if (count < 2) return;
      const queue = [...names];
      const start: ToStepProcess = { kind: 'start', experiment, folder };
      const children = Array.from({ length: count }, () =>
        fork(entry, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
      );
      const stop = () => {
        for (const child of children) child.kill('SIGKILL');
      };
      signal.addEventListener('abort', stop);
      try {
        await Promise.all(children.map((child) => serve(child, start, queue, keep)));
      } finally {
        signal.removeEventListener('abort', stop);
        stop();
      }
      signal.throwIfAborted();
    },
  };
}

/**
 * Gives a process steps until there are none left. One that dies, of too little memory say, leaves its
 * step to others.
 */
function serve(
  child: ChildProcess,
  start: ToStepProcess,
  queue: string[],
  keep: KeepStep,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = (message: ToStepProcess) => child.connected && child.send(message);
    let kept = Promise.resolve();
    child.on('message', (message: FromStepProcess) => {
      if (message.kind === 'next') send({ kind: 'step', name: queue.shift() ?? null });
      else if (message.kind === 'error') reject(errorOf(message));
      else {
        kept = kept.then(() => keep(message.name, message.value));
        kept.catch(reject);
      }
    });
    child.on('error', reject);
    child.on('exit', () => kept.then(resolve, reject));
    send(start);
  });
}

function errorOf({ message, hint }: Extract<FromStepProcess, { kind: 'error' }>): Error {
  return hint === null ? new Error(message) : new StudyError(message, hint);
}
