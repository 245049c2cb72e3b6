import { Worker } from 'node:worker_threads';
import { compiledModule } from '../arrays/compiled.ts';
import type { Floats } from './matrix.ts';
import type { Block, Precision, ScatterSpace } from './scatter-space.ts';

/** What this thread does besides products, as a share of the time of all of them on one thread. */
const PREPARATION = 0.02;

/** Sums that two threads share: each multiplies its own blocks. */
export interface Division {
  /** The blocks of this thread. */
  readonly own: readonly Block[];
  /** Threads of their products. */
  readonly threads: number;
  /** Passes on a chunk of `count` rows, transposed; resolves when the next may be made. */
  add(chunk: Floats, count: number): Promise<void>;
  /** Takes the other thread's sums over. */
  end(): Promise<void>;
}

/** What the other thread (scatter-worker.ts) is asked. */
export type ToHelper =
  | {
      readonly kind: 'open';
      readonly dimension: number;
      readonly precision: Precision;
      readonly threads: number;
      /** Threads that decide the blocks' shapes. */
      readonly shape: number;
      /** Indices of the blocks, and their sums so far. */
      readonly blocks: readonly number[];
      readonly sums: readonly Float64Array[];
    }
  | { readonly kind: 'chunk'; readonly chunk: Floats; readonly count: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'close' };

export interface FromHelper {
  readonly kind: 'ready' | ToHelper['kind'];
  /** The chunk's memory, to be used again. */
  readonly chunk?: Floats;
  readonly sums?: readonly Float64Array[];
}

interface Waiting {
  resolve(answer: FromHelper): void;
  reject(error: Error): void;
}

/**
 * A thread that multiplies a part of the blocks of a `Scatter`. Between two runs of onnxruntime its
 * threads sleep and JavaScript runs on one: two threads that each multiply on their own wait for each
 * other once a chunk at most. No bit depends on it, as each block is summed by one thread in the same order.
 */
export class ScatterHelper {
  #worker: Worker | undefined;
  #isReady = false;
  #isTaken = false;
  /** Why the thread died. */
  #failure: Error | undefined;
  #waiting: Waiting[] = [];

  /** @param threads of all products, half of which run in the other thread */
  constructor(private readonly threads: number) {}

  /** Whether the thread has started. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Passes a part of the sums on; undefined while the thread starts, or has those of others.
   *
   * @param space the sums so far
   */
  divide(space: ScatterSpace, dimension: number, precision: Precision): Division | undefined {
    this.#worker ??= this.#start();
    if (!this.#isReady || this.#isTaken) return undefined;
    this.#isTaken = true;
    const others = Math.floor(this.threads / 2);
    const threads = this.threads - others;
    const { own, passed } = divided(space.blocks, threads, others);
    const sums = passed.map((index) => space.blocks[index]!.sums.data.slice());
    const settings = { dimension, precision, threads: others, shape: this.threads };
    void this.#ask({ kind: 'open', ...settings, blocks: passed, sums }, sums);
    const { length } = space.chunk;
    const newBuffer = () =>
      precision === 'double' ? new Float64Array(length) : new Float32Array(length);
    const buffers: (Floats | Promise<Floats>)[] = [newBuffer(), newBuffer()];
    return {
      own,
      threads,
      add: async (chunk, count) => {
        const buffer = await buffers.shift()!;
        buffer.set(chunk.subarray(0, count * dimension));
        const returned = this.#ask({ kind: 'chunk', chunk: buffer, count }, [buffer]);
        buffers.push(quiet(returned.then((answer) => answer.chunk!)));
      },
      end: async () => {
        const { sums: found } = await this.#ask({ kind: 'end' });
        passed.forEach((index, i) => {
          space.blocks[index]!.sums.data.set(found![i]!);
        });
        this.#isTaken = false;
      },
    };
  }

  /** Ends the thread; the next sums start another. */
  async close(): Promise<void> {
    // One that is inside a call of onnxruntime would take the process with it.
    if (this.#worker && this.#isReady) await this.#ask({ kind: 'close' });
    await this.#worker?.terminate();
    this.#worker = undefined;
    this.#failure = undefined;
    this.#isReady = false;
    this.#isTaken = false;
  }

  #start(): Worker {
    const worker = new Worker(compiledModule('linalg/scatter-worker'));
    worker.on('message', (answer: FromHelper) => {
      if (answer.kind === 'ready') {
        this.#isReady = true;
        return;
      }
      this.#waiting.shift()?.resolve(answer);
      if (this.#waiting.length === 0) worker.unref();
    });
    worker.on('error', (error: Error) => {
      this.#isReady = false;
      this.#failure = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    worker.unref();
    return worker;
  }

  /** Answers come in the order of the questions. Until then the process goes on. */
  #ask(message: ToHelper, moved: readonly Floats[] = []): Promise<FromHelper> {
    // One that is dead would never answer.
    if (this.#failure) return quiet(Promise.reject(this.#failure));
    const worker = this.#worker!;
    worker.ref();
    const answer = new Promise<FromHelper>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    worker.postMessage(
      message,
      moved.map(({ buffer }) => buffer as ArrayBuffer),
    );
    return quiet(answer);
  }
}

/** One that may be asked for later, or never after an error. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Deals the blocks out, large ones first, each to the thread that would be done with it earlier. */
function divided(blocks: readonly Block[], threads: number, others: number) {
  const work = ({ sums }: Block) => sums.rows * sums.columns;
  const total = blocks.reduce((sum, block) => sum + work(block), 0);
  const byWork = blocks.map((_, index) => index);
  byWork.sort((a, b) => work(blocks[b]!) - work(blocks[a]!));
  const own: Block[] = [];
  const passed: number[] = [];
  let [here, there] = [PREPARATION * total, 0];
  for (const index of byWork) {
    const block = blocks[index]!;
    const [ifHere, ifThere] = [here + work(block) / threads, there + work(block) / others];
    if (ifHere < ifThere) {
      here = ifHere;
      own.push(block);
    } else {
      there = ifThere;
      passed.push(index);
    }
  }
  return { own, passed };
}
