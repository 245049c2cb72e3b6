import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compiledModule } from '../arrays/compiled.ts';
import { StudyError } from '../errors.ts';
import { halvesOf } from './draw.ts';
import type { Engine } from './engine.ts';
import type { DrawOutcome, DrawUnit } from './outcome.ts';
import { shared } from './share.ts';
import type { FromWorker, ToWorker } from './worker.ts';
import { defaultWorkers } from './worker-count.ts';

export interface WorkerPoolOptions {
  /** Most worker threads; more than the cores gain nothing. */
  readonly workers: number;
  /** Cores to share: spare ones run the products of the workers. One per worker by default. */
  readonly cores?: number | undefined;
}

const mostWorkers = 1024;

/**
 * Runs units on worker threads, dealt out as workers become free. Outcomes are the same bits for any
 * number of workers: a unit is computed by one worker from start to end, and products do not depend
 * on their number of threads.
 *
 * @throws StudyError unless `workers` is a whole number from 1 to 1024
 */
export function workerPool({ workers, cores = workers }: WorkerPoolOptions): Engine {
  if (!Number.isInteger(workers) || workers < 1 || workers > mostWorkers) {
    throw new StudyError(
      `invalid number of workers: ${workers}`,
      `give a whole number from 1 to ${mostWorkers}, or leave it out for one per core`,
    );
  }
  return {
    async run(job, units, onOutcome, signal) {
      // With fewer seeds than workers, each seed is split into the two parts that share no rows.
      const parts = units.flatMap((unit) => halvesOf(unit, job.source));
      const queue = units.length < workers ? parts : [...units];
      const lanes = Math.min(workers, queue.length);
      const threads = Math.max(1, Math.floor(cores / lanes));
      const start = { kind: 'job', job: shared(job), threads } as const;
      // An error in one lane ends all of them: other draws would have nowhere to go.
      const failure = new AbortController();
      const stop = AbortSignal.any([failure.signal, ...(signal ? [signal] : [])]);
      const lane = async () => {
        let worker: Worker | null = null;
        try {
          for (let unit = queue.shift(); unit && !stop.aborted; unit = queue.shift()) {
            worker ??= startWorker(start);
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
      await Promise.all(Array.from({ length: lanes }, lane));
      failure.signal.throwIfAborted();
    },
  };
}

/**
 * As many workers as asked for, one core each; by default one per core, as far as memory allows.
 *
 * @param more bytes that each needs for rows that it keeps
 */
export function workerPoolFor(dimension: number, workers?: number, more = 0): Engine {
  if (workers !== undefined) return workerPool({ workers });
  return workerPool({ workers: defaultWorkers(dimension, more), cores: availableParallelism() });
}

function startWorker(job: ToWorker): Worker {
  const worker = new Worker(compiledModule('draws/worker'));
  worker.postMessage(job);
  return worker;
}

/**
 * Ends a worker once it is idle, a block of rows or an eigenvalue problem later: terminating a thread
 * inside a call of onnxruntime aborts the whole process.
 */
async function end(worker: Worker): Promise<void> {
  // A dead thread has no id and does not answer.
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
      // A draw in progress is dropped: its rows can be drawn again.
      worker.off('message', onMessage);
      handled.then(() => finish(() => resolve(false)), reject);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    signal.addEventListener('abort', onAbort);
    worker.postMessage({ kind: 'unit', unit } satisfies ToWorker);
  });
}
