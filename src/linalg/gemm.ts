import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../onnx/graph-builder.ts';

/** A row-major matrix of float64. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * General matrix product. Implementations give the same bits whatever their number of threads: no
 * sum over the inner dimension is split between threads.
 */
export interface Gemm {
  /** `op(a) · op(b)`, where op transposes if asked; written into `out` if it is given. */
  multiply(a: Matrix, b: Matrix, options?: GemmOptions): Promise<Matrix>;
  close(): Promise<void>;
}

export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly out?: Float64Array;
}

/**
 * Matrix products by onnxruntime: a model of a single Gemm node reaches within 15 % of OpenBLAS.
 *
 * @param threads threads of each product; 1 inside a worker
 */
export function onnxGemm(threads: number): Gemm {
  const sessions = new Map<string, Promise<InferenceSession>>();

  function session(transA: boolean, transB: boolean): Promise<InferenceSession> {
    const key = `${transA}${transB}`;
    let opened = sessions.get(key);
    if (!opened) {
      opened = InferenceSession.create(gemmModel(transA, transB), sessionOptions(threads));
      sessions.set(key, opened);
    }
    return opened;
  }

  return {
    async multiply(a, b, { transposeA = false, transposeB = false, out } = {}) {
      const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
      const [innerB, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
      if (inner !== innerB) throw new Error(`inner dimensions differ: ${inner} and ${innerB}`);
      const data = out ?? new Float64Array(rows * columns);
      // onnxruntime takes no empty tensors; an empty sum is zero.
      if (inner === 0 || data.length === 0) return { data: data.fill(0), rows, columns };
      const c = new Tensor('float64', data.subarray(0, rows * columns), [rows, columns]);
      const runner = await session(transposeA, transposeB);
      await runner.run({ a: tensor(a), b: tensor(b) }, { c });
      return { data, rows, columns };
    },
    async close() {
      for (const opened of sessions.values()) await (await opened).release();
      sessions.clear();
    },
  };
}

function gemmModel(transA: boolean, transB: boolean): Uint8Array {
  const graph = new GraphBuilder('gemm');
  const a = graph.input('a', 'float64', ['a_rows', 'a_columns']);
  const b = graph.input('b', 'float64', ['b_rows', 'b_columns']);
  const c = graph.node(
    'Gemm',
    [a, b],
    { transA: { int: Number(transA) }, transB: { int: Number(transB) } },
    'c',
  );
  graph.output(c, 'float64', ['rows', 'columns']);
  return graph.encode();
}

function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Shapes change from call to call: nothing to plan ahead.
    enableMemPattern: false,
    logSeverityLevel: 3,
  };
}

function tensor({ data, rows, columns }: Matrix): Tensor {
  return new Tensor('float64', data.subarray(0, rows * columns), [rows, columns]);
}
