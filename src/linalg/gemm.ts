import { isMainThread } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { onnxruntime } from '../onnx/runtime.ts';
import {
  gemmModel,
  type Kind,
  type Shaped,
  sessionOptions,
  tensorsOf,
  typeOf,
} from './gemm-session.ts';
import type { Floats, Matrix } from './matrix.ts';
import { productShape } from './product-shape.ts';
import { ScatterHelper } from './scatter-helper.ts';

/**
 * Fewest rows or columns per thread. onnxruntime splits the longer side, and sums over the inner
 * dimension in longer pieces if a part has 64 columns or fewer: with fewer columns per thread the bits
 * would differ from those of one thread. Such a product gains nothing from threads either.
 */
const SHARE = 128;

export type { Floats, Matrix };

/**
 * General matrix product. Implementations give the same bits whatever their number of threads: no
 * sum over the inner dimension is split between threads.
 */
export interface Gemm {
  /**
   * `op(a) · op(b)` in the operands' precision, where op transposes if asked; written into `out` if
   * it is given.
   */
  multiply<T extends Floats = Float64Array>(
    a: Matrix<T>,
    b: Matrix<T>,
    options?: GemmOptions<T>,
  ): Promise<Matrix<T>>;
  /** Products that do not need each other, with the bits of one after the other but fewer waits. */
  multiplyAll<T extends Floats = Float64Array>(
    products: readonly Product<T>[],
    options?: ProductOptions,
  ): Promise<void>;
  close(): Promise<void>;
  /** Threads of its largest products; default: 1. */
  readonly threads?: number;
  /** Another thread for sums of rows, on the same cores. */
  readonly helper?: ScatterHelper;
}

export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Takes the product off what `out` holds. */
  readonly subtract?: boolean;
  /** Most threads; default: all. */
  readonly threads?: number | undefined;
}

export interface GemmOptions<T extends Floats = Float64Array> extends ProductOptions {
  readonly out?: T;
}

/** `op(a) · op(b)`, written into `out`. */
export interface Product<T extends Floats = Float64Array> {
  readonly a: Matrix<T>;
  readonly b: Matrix<T>;
  readonly out: T;
}

/** Most products of a run, a power of two. */
const MOST = 16;

/**
 * Matrix products by onnxruntime: a model of Gemm nodes reaches within 15 % of OpenBLAS. Between runs
 * its threads sleep, so products that do not need each other share one: the 22 of a covariance take 6 %
 * less time on two threads.
 *
 * @param threads threads of each product that is large enough for them
 * @param beforeRun throws to end what multiplies
 */
export function onnxGemm(threads: number, beforeRun?: () => void): Gemm {
  // Before any draw: a package that is missing is not the draw's failure.
  const { InferenceSession } = onnxruntime();
  const sessions = new Map<string, Promise<InferenceSession>>();

  function session(kind: Kind, used: number, count: number): Promise<InferenceSession> {
    const key = `${JSON.stringify(kind)}${used} ${count}`;
    let opened = sessions.get(key);
    if (!opened) {
      opened = InferenceSession.create(gemmModel(kind, count), sessionOptions(used));
      sessions.set(key, opened);
    }
    return opened;
  }

  async function multiplyAll<T extends Floats>(
    products: readonly Product<T>[],
    options: ProductOptions = {},
  ): Promise<void> {
    const { transposeA = false, transposeB = false, subtract = false } = options;
    const byThreads = new Map<number, Shaped[]>();
    for (const { a, b, out } of products) {
      const { rows, columns, inner } = productShape(a, b, transposeA, transposeB);
      // onnxruntime takes no empty tensors; an empty sum is zero.
      if (inner === 0 || rows * columns === 0) {
        if (!subtract) out.fill(0, 0, rows * columns);
        continue;
      }
      const used = threadsFor(rows, columns, options.threads ?? threads);
      const others = byThreads.get(used) ?? [];
      others.push({ a, b, c: { data: out, rows, columns } });
      byThreads.set(used, others);
    }
    for (const [used, all] of byThreads) {
      const kind = { type: typeOf(all[0]!.c.data), transposeA, transposeB, subtract };
      for (let start = 0; start < all.length; ) {
        // Each number of products is a session of its own, so powers of two.
        const count = Math.min(MOST, 2 ** Math.floor(Math.log2(all.length - start)));
        const part = all.slice(start, start + count);
        const runner = await session(kind, used, count);
        beforeRun?.();
        await runner.run(...tensorsOf(part, subtract));
        start += count;
      }
    }
  }

  // Only beside the main thread: its own threads are ended in the middle of a draw.
  const helper = threads > 1 && isMainThread ? new ScatterHelper(threads) : undefined;
  return {
    threads,
    ...(helper && { helper }),
    async multiply<T extends Floats>(
      a: Matrix<T>,
      b: Matrix<T>,
      { out, ...options }: GemmOptions<T> = {},
    ) {
      const { transposeA = false, transposeB = false } = options;
      const { rows, columns } = productShape(a, b, transposeA, transposeB);
      const data = out ?? newFloats(a.data, rows * columns);
      await multiplyAll([{ a, b, out: data }], options);
      return { data, rows, columns };
    },
    multiplyAll,
    async close() {
      await helper?.close();
      for (const opened of sessions.values()) await (await opened).release();
      sessions.clear();
    },
  };
}

/**
 * Threads of a product [rows, columns]: the most allowed, halved until each has its share. Products
 * with a vector use other code of onnxruntime, whose bits depend on the threads.
 */
export function threadsFor(rows: number, columns: number, threads: number): number {
  if (Math.min(rows, columns) === 1) return 1;
  let used = threads;
  while (used > 1 && Math.max(rows, columns) < SHARE * used) {
    // Powers of two: each number of threads is a session of its own.
    used = 2 ** (Math.ceil(Math.log2(used)) - 1);
  }
  return used;
}

function newFloats<T extends Floats>(like: T, length: number): T {
  return (typeOf(like) === 'float32' ? new Float32Array(length) : new Float64Array(length)) as T;
}
