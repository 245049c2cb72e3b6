import { Worker } from 'node:worker_threads';
import type { DrawOutcome, DrawUnit } from '../sweep/draw.ts';
import type { Engine } from './engine.ts';
import type { FromWorker, ToWorker } from './worker.ts';

export interface WorkerPoolOptions {
  /** Worker threads; each computes on one core, so more than there are cores gain nothing. */
  readonly workers: number;
}

/**
 * Runs units on worker threads, one core each, dealt out as workers become free. Outcomes are the
 * same bits for any number of workers: a unit is computed by one thread from start to end.
 */
export function workerPool({ workers }: WorkerPoolOptions): Engine {
  return {
    async run(job, units, onOutcome, signal) {
      const queue = [...units];
      // What ends one lane ends all: nobody waits for draws that have nowhere to go.
      const failure = new AbortController();
      const stop = AbortSignal.any([failure.signal, ...(signal ? [signal] : [])]);
      const lane = async () => {
        let worker: Worker | null = null;
        try {
          for (let unit = queue.shift(); unit && !stop.aborted; unit = queue.shift()) {
            worker ??= start({ kind: 'job', job });
            const crash = await runOn(worker, unit, onOutcome, stop);
            // A thread that died (out of memory, say) is replaced; its draws have failed.
            if (crash) worker = null;
          }
        } catch (error) {
          failure.abort(error);
        } finally {
          if (worker) await end(worker);
        }
      };
      await Promise.all(Array.from({ length: Math.min(workers, units.length) }, lane));
      failure.signal.throwIfAborted();
    },
  };
}

function start(job: ToWorker): Worker {
  // Tests import the sources; a worker needs the compiled file, which `npm test` builds first.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/engines/worker.js' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url));
  worker.postMessage(job);
  return worker;
}

/**
 * Ends a worker once it is at rest, a block of rows or an eigenvalue problem later: to terminate a
 * thread within a call of onnxruntime aborts the whole process.
 */
async function end(worker: Worker): Promise<void> {
  // A thread that has died has no number, and no answer to give.
  if (worker.threadId === -1) return;
  await new Promise<void>((resolve) => {
    worker.on('message', (message: FromWorker) => message.kind === 'stopped' && resolve());
    worker.on('error', () => resolve());
    worker.on('exit', () => resolve());
    worker.postMessage({ kind: 'stop' } satisfies ToWorker);
  });
  await worker.terminate();
}

/** Resolves to true if the worker died on the unit. */
function runOn(
  worker: Worker,
  unit: DrawUnit,
  onOutcome: (outcome: DrawOutcome) => void | Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const left = new Set(unit.wanted);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    // Outcomes are handled one after another, and the unit ends after the last of them.
    let handled = Promise.resolve();
    const handle = (outcome: DrawOutcome) => {
      left.delete(outcome.size);
      handled = handled.then(() => onOutcome(outcome));
      handled.catch((error) => finish(() => reject(error)));
    };
    const onMessage = (message: FromWorker) => {
      if (message.kind === 'outcome') handle(message.outcome);
      else if (message.kind === 'idle') handled.then(() => finish(() => resolve(false)), reject);
    };
    const onError = (error: Error) => {
      for (const size of left) {
        handle({ seed: unit.seed, size, terms: null, seconds: 0, error: error.message });
      }
      handled.then(() => finish(() => resolve(true)), reject);
    };
    const onAbort = () => {
      // A draw that is under way is given up: its rows can be drawn again.
      worker.off('message', onMessage);
      handled.then(() => finish(() => resolve(false)), reject);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    signal.addEventListener('abort', onAbort);
    worker.postMessage({ kind: 'unit', unit } satisfies ToWorker);
  });
}
