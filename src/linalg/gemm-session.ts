import type { InferenceSession } from 'onnxruntime-node';
import { GraphBuilder } from '../onnx/graph-builder.ts';

export type Type = 'float64' | 'float32';

/** What a session computes. */
export interface Kind {
  readonly type: Type;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly subtract: boolean;
}

/** A model of a single Gemm node. */
export function gemmModel({ type, transposeA, transposeB, subtract }: Kind): Uint8Array {
  const graph = new GraphBuilder('gemm');
  const factors = [
    graph.input('a', type, ['a_rows', 'a_columns']),
    graph.input('b', type, ['b_rows', 'b_columns']),
  ];
  const inputs = subtract
    ? [...factors, graph.input('before', type, ['rows', 'columns'])]
    : factors;
  const c = graph.node(
    'Gemm',
    inputs,
    {
      alpha: { float: subtract ? -1 : 1 },
      transA: { int: Number(transposeA) },
      transB: { int: Number(transposeB) },
    },
    'c',
  );
  graph.output(c, type, ['rows', 'columns']);
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
