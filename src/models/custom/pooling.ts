import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { imageOpset } from '../image-input.ts';
import { type Description, pooledAxes } from './description.ts';

/**
 * The ONNX graph that follows a user's network: its `output` to `features` float32 [N, dimension].
 * - `none`: [N, D] unchanged
 * - `cls`: the first token of [N, T, D]
 * - `mean-tokens`: the mean of all tokens
 * - `mean-patches`: the mean of all tokens except the first
 * - `mean-space`: the mean over height and width of [N, C, H, W], or of [N, H, W, C] in NHWC
 */
export function poolingGraph({ input, output }: Description): Uint8Array {
  const graph = new GraphBuilder('pooling');
  const dims = ['N', 'a', 'b', 'c'].slice(0, pooledAxes[output.pooling]);
  const x = graph.input('output', 'float32', dims);
  const constant = (name: string, ...values: bigint[]) =>
    graph.initializer(name, BigInt64Array.from(values));
  const mean = (value: Value, ...axes: bigint[]) =>
    graph.node('ReduceMean', [value, constant('axes', ...axes)], { keepdims: { int: 0 } });
  const pool = {
    none: () => x,
    cls: () => {
      const first = graph.initializer('first', BigInt64Array.of(0n), []);
      return graph.node('Gather', [x, first], { axis: { int: 1 } });
    },
    'mean-tokens': () => mean(x, 1n),
    'mean-patches': () => {
      const [second, end] = [constant('second', 1n), constant('end', 2n ** 62n)];
      return mean(graph.node('Slice', [x, second, end, constant('tokens', 1n)]), 1n);
    },
    'mean-space': () => (input.layout === 'NCHW' ? mean(x, 2n, 3n) : mean(x, 1n, 2n)),
  };
  let features = pool[output.pooling]();
  if (output.normalize) {
    const length = graph.node('ReduceL2', [features, constant('row', 1n)]);
    features = graph.node('Div', [features, length]);
  }
  graph.output(graph.node('Identity', [features], {}, 'features'), 'float32', ['N', 'D']);
  return graph.encode({ opset: imageOpset });
}
