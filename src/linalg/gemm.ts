import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { onnxruntime } from '../onnx/runtime.ts';
import { gemmModel, type Kind, sessionOptions, type Type } from './gemm-session.ts';
import { productShape } from './product-shape.ts';

/**
 * Fewest rows or columns per thread. onnxruntime splits the longer side, and sums over the inner
 * dimension in longer pieces if a part has 64 columns or fewer: with fewer columns per thread the bits
 * would differ from those of one thread. Such a product gains nothing from threads either.
 */
const SHARE = 128;

export type Floats = Float64Array | Float32Array;

/** A row-major matrix, of float64 unless said otherwise. */
export interface Matrix<T extends Floats = Float64Array> {
  readonly data: T;
  readonly rows: number;
  readonly columns: number;
}

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
  close(): Promise<void>;
  /** Threads of its largest products; default: 1. */
  readonly threads?: number;
}

export interface GemmOptions<T extends Floats = Float64Array> {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly out?: T;
  /** Takes the product off what `out` holds. */
  readonly subtract?: boolean;
}

/**
 * Matrix products by onnxruntime: a model of a single Gemm node reaches within 15 % of OpenBLAS.
 *
 * @param threads threads of each product that is large enough for them
 */
export function onnxGemm(threads: number): Gemm {
  // Before any draw: a package that is missing is not the draw's failure.
  const { InferenceSession } = onnxruntime();
  const sessions = new Map<string, Promise<InferenceSession>>();

  function session(kind: Kind, used: number): Promise<InferenceSession> {
    const key = `${JSON.stringify(kind)}${used}`;
    let opened = sessions.get(key);
    if (!opened) {
      opened = InferenceSession.create(gemmModel(kind), sessionOptions(used));
      sessions.set(key, opened);
    }
    return opened;
  }

  return {
    threads,
    async multiply<T extends Floats>(
      a: Matrix<T>,
      b: Matrix<T>,
      { transposeA = false, transposeB = false, out, subtract = false }: GemmOptions<T> = {},
    ) {
      const { rows, columns, inner } = productShape(a, b, transposeA, transposeB);
      const data = out ?? newFloats(a.data, rows * columns);
      const product = { data, rows, columns };
      // onnxruntime takes no empty tensors; an empty sum is zero.
      if (inner === 0 || data.length === 0) {
        if (!subtract) data.fill(0);
        return product;
      }
      const used = threadsFor(rows, columns, threads);
      const runner = await session({ type: typeOf(data), transposeA, transposeB, subtract }, used);
      const factors = { a: operand(a), b: operand(b) };
      const c = tensor(product);
      // What onnxruntime adds to, it copies to the result: here onto itself.
      await runner.run(subtract ? { ...factors, before: c } : factors, { c });
      return product;
    },
    async close() {
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

function typeOf(data: Floats): Type {
  return data instanceof Float32Array ? 'float32' : 'float64';
}

function newFloats<T extends Floats>(like: T, length: number): T {
  return (typeOf(like) === 'float32' ? new Float32Array(length) : new Float64Array(length)) as T;
}

function tensor({ data, rows, columns }: Matrix<Floats>): Tensor {
  return new (onnxruntime().Tensor)(typeOf(data), data.subarray(0, rows * columns), [
    rows,
    columns,
  ]);
}

/** A factor of a product: onnxruntime does not accept memory that threads share. */
function operand(matrix: Matrix<Floats>): Tensor {
  const { data } = matrix;
  return tensor(
    data.buffer instanceof SharedArrayBuffer ? { ...matrix, data: data.slice() } : matrix,
  );
}
