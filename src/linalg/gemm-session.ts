import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { onnxruntime } from '../onnx/runtime.ts';
import type { Floats, Matrix } from './matrix.ts';

export type Type = 'float64' | 'float32';

/** What a session computes. */
export interface Kind {
  readonly type: Type;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly subtract: boolean;
}

/** A model of `count` Gemm nodes: inputs a0, b0 (and before0), …, outputs c0, …. */
export function gemmModel(
  { type, transposeA, transposeB, subtract }: Kind,
  count: number,
): Uint8Array {
  const graph = new GraphBuilder('gemm');
  for (let i = 0; i < count; i++) {
    const factors = [
      graph.input(`a${i}`, type, [`a${i}_rows`, `a${i}_columns`]),
      graph.input(`b${i}`, type, [`b${i}_rows`, `b${i}_columns`]),
    ];
    const shape = [`rows${i}`, `columns${i}`];
    const c = graph.node(
      'Gemm',
      subtract ? [...factors, graph.input(`before${i}`, type, shape)] : factors,
      {
        alpha: { float: subtract ? -1 : 1 },
        transA: { int: Number(transposeA) },
        transB: { int: Number(transposeB) },
      },
      `c${i}`,
    );
    graph.output(c, type, shape);
  }
  return graph.encode();
}

/** @param threads of its products */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Shapes change from call to call: nothing to plan ahead.
    enableMemPattern: false,
    // On a busy machine spinning threads would take the cores from those with work.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}

/** A product and the shape of its result. */
export interface Shaped {
  readonly a: Matrix<Floats>;
  readonly b: Matrix<Floats>;
  readonly c: Matrix<Floats>;
}

/** What a model of as many products reads, and where it writes. */
export function tensorsOf(products: readonly Shaped[], subtract: boolean) {
  const feeds: Record<string, Tensor> = {};
  const results: Record<string, Tensor> = {};
  for (const [i, { a, b, c }] of products.entries()) {
    const result = tensor(c);
    feeds[`a${i}`] = operand(a);
    feeds[`b${i}`] = operand(b);
    // What onnxruntime adds to, it copies to the result: here onto itself.
    if (subtract) feeds[`before${i}`] = result;
    results[`c${i}`] = result;
  }
  return [feeds, results] as const;
}

export function typeOf(data: Floats): Type {
  return data instanceof Float32Array ? 'float32' : 'float64';
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
