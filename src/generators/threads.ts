import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compiledModule } from '../arrays/compiled.ts';
import { StudyError } from '../errors.ts';
import type { Generator } from './generator.ts';
import type { Drawn, DrawOptions } from './network.ts';
import type { Answer } from './worker.ts';

/** Where a generator runs; default: the processor. */
export interface RunsOn {
  /** One of onnxruntime's execution providers. */
  readonly provider?: string | undefined;
  /** The numbers of the provider's devices; default: its first. */
  readonly devices?: readonly number[] | undefined;
  /** Threads of the processor, which draw a batch each; default: one per core. */
  readonly threads?: number | undefined;
  /** The same, where the networks of features have one thread each. */
  readonly networks?: number | undefined;
}

/** Threads that draw a generator's images. */
export interface DrawingThreads {
  /** Images `first` to `first + batch`. @throws StudyError if the generator does not run on them */
  draw(first: number): Promise<Drawn>;
  close(): Promise<void>;
}

/** Memory for the copies of a generator, one a thread: 4 GiB. */
const mostBytes = 2 ** 32;

const workerFile = compiledModule('generators/worker');

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: Answer) => void>;
  failure: string | undefined;
}

/** Threads whose copies of a generator have room. */
function ofMemory(bytes: number): number {
  return Math.floor(mostBytes / (bytes + 1));
}

/** Starts threads when images are asked for: one a device, or a processor's cores one each. */
export function drawingThreads(
  { path, description, fit, bytes }: Generator,
  seed: number,
  { provider = 'cpu', devices = [], threads: wanted, networks }: RunsOn,
): DrawingThreads {
  const places = devices.length > 0 ? devices : [undefined];
  const most =
    provider === 'cpu'
      ? Math.max(1, Math.min(wanted ?? networks ?? availableParallelism(), ofMemory(bytes)))
      : places.length;
  const threads: Thread[] = [];

  function start(): Thread {
    const device = places[threads.length % places.length];
    const options: DrawOptions = { path, description, fit, seed, provider, device };
    const worker = new Worker(workerFile, { workerData: options });
    const thread: Thread = { worker, waiting: new Map(), failure: undefined };
    const fail = (reason: string) => {
      thread.failure ??= reason;
      for (const [first, resolve] of thread.waiting) resolve({ first, error: thread.failure });
      thread.waiting.clear();
    };
    worker.on('message', (answer: Answer) => {
      thread.waiting.get(answer.first)?.(answer);
      thread.waiting.delete(answer.first);
    });
    worker.on('error', (error) => fail(error.message));
    worker.on('exit', () => fail('its thread has ended'));
    threads.push(thread);
    return thread;
  }

  function leastBusy(): Thread {
    const idle = threads.find(({ waiting }) => waiting.size === 0);
    if (idle) return idle;
    if (threads.length < most) return start();
    return threads.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
  }

  return {
    async draw(first) {
      const thread = leastBusy();
      const answer = await new Promise<Answer>((resolve) => {
        if (thread.failure !== undefined) return resolve({ first, error: thread.failure });
        thread.waiting.set(first, resolve);
        thread.worker.postMessage(first);
      });
      if (answer.drawn) return answer.drawn;
      const { latent, classes } = description;
      const given = [`latents [${[fit.batch, ...latent.shape].join(', ')}]`];
      if (classes) given.push(`classes 0 to ${classes.count - 1}`);
      throw new StudyError(
        `the generator ${path} failed on ${given.join(' and ')}: ${answer.error}`,
        'do latent.shape, classes.count and output.size of its description fit? see docs/generators.md',
      );
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
