import { Worker } from 'node:worker_threads';
import { compiledModule } from '../arrays/compiled.ts';
import { StudyError } from '../errors.ts';
import type { Adapter } from '../models/extractor.ts';
import { type Place, providerHint, settleTf32 } from './provider.ts';

export interface SessionOptions extends Place {
  /** The ONNX file: `images` uint8 [N, H, W, 3] to `features` float32 [N, dimension]. */
  readonly path: string;
  /** Converts to and from the file's own input and output, if they differ. */
  readonly adapter?: Adapter | undefined;
  /** Threads of each operator. */
  readonly threads: number;
  /** How far onnxruntime optimises the graph; default: fully. */
  readonly optimization?: Optimization | undefined;
}

/** onnxruntime's graph optimisation levels. */
export const optimizations = ['disabled', 'basic', 'extended', 'layout', 'all'] as const;
export type Optimization = (typeof optimizations)[number];

/** What goes to the worker … */
export type Request =
  | { readonly close: true }
  | {
      readonly id: number;
      /** uint8 [N, height, width, 3] */
      readonly pixels: Uint8Array<ArrayBuffer>;
      readonly height: number;
      readonly width: number;
    };
/** … and comes back: 0 is the opening of the session. */
export interface Answer {
  readonly id: number;
  readonly features?: Float32Array;
  readonly error?: string;
}

/** A model on a thread of its own. */
export interface Session {
  /**
   * Features [N, dimension] of N images [N, height, width, 3]. Calls queue up; the pixels are
   * transferred to the worker.
   */
  run(pixels: Uint8Array<ArrayBuffer>, height: number, width: number): Promise<Float32Array>;
  /** The share of the time since it was opened that the model ran rather than waited for images. */
  busy(): number;
  close(): Promise<void>;
}

const workerFile = compiledModule('embeddings/session-worker');

/**
 * Loads a model in a worker thread.
 * @throws StudyError if the file is not a model, or the provider has no device here
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  settleTf32(options.provider);
  const worker = new Worker(workerFile, { workerData: options });
  const waiting = new Map<number, (answer: Answer) => void>();
  let failure: string | undefined;
  let last = 0;

  const ask = (id: number, send?: () => void) =>
    new Promise<Answer>((resolve) => {
      if (failure !== undefined) return resolve({ id, error: failure });
      waiting.set(id, resolve);
      send?.();
    });
  const fail = (reason: string) => {
    failure ??= reason;
    for (const [id, resolve] of waiting) resolve({ id, error: failure });
    waiting.clear();
  };
  worker.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  worker.on('error', (error) => fail(error.message));
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      fail('the session is closed');
      resolve();
    });
  });

  const opening = await ask(0);
  if (opening.error !== undefined) {
    await worker.terminate();
    const { path, provider, device } = options;
    const place = device === undefined ? provider : `device ${device} of ${provider}`;
    throw new StudyError(
      `cannot run ${path} on ${place}: ${opening.error}`,
      providerHint(provider),
    );
  }
  const start = worker.performance.eventLoopUtilization();
  return {
    // `run` holds the worker's loop, so that an idle loop is a waiting model.
    busy: () => worker.performance.eventLoopUtilization(start).utilization,
    async run(pixels, height, width) {
      const id = ++last;
      const { features, error } = await ask(id, () => {
        const request: Request = { id, pixels, height, width };
        worker.postMessage(request, [pixels.buffer]);
      });
      if (features) return features;
      const message = `the model failed on ${height} × ${width} images: ${error}`;
      // The user can fix their own network.
      if (!options.adapter) throw new Error(message);
      throw new StudyError(
        `${options.path}: ${message}`,
        'does its description resize to what the network takes? see study models inspect',
      );
    },
    async close() {
      const request: Request = { close: true };
      worker.postMessage(request);
      await exited;
    },
  };
}
