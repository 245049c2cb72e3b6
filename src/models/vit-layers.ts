import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { elementwise } from './elementwise.ts';
import type { VitWeights } from './vit-weights.ts';

// The layers of a vision transformer (Dosovitskiy et al., 2021) on tokens [N, T, width].

export interface VitShape {
  /** Side of the images, and of the patches that it is cut into. */
  readonly image: number;
  readonly patch: number;
  /** Numbers in a token. */
  readonly width: number;
  readonly layers: number;
  /** Heads of each attention; they share the width. */
  readonly heads: number;
  /** Width inside of the two-layer perceptrons. */
  readonly inner: number;
}

/** A linear layer's tensors: weights [out, in] as PyTorch has them, and a bias [out]. */
export interface Linear {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Layers that take their weights by name and put them into a graph. */
export interface VitLayers {
  /** Images [N, 3, side, side] to patches [N, patches, width], row by row. */
  patches(images: Value, name: string, withBias: boolean): Value;
  /** [1, 1, width] before the patches of each image, and [T, width] added to the tokens. */
  withClassToken(patches: Value, token: Float32Array, positions: Float32Array): Value;
  norm(x: Value, name: string): Value;
  linear(x: Value, name: string, { weights, bias }: Linear): Value;
  /** Weights and bias of a layer [outputs] of [inputs]. */
  tensors(name: string, outputs: number, inputs: number): Linear;
  /** Multi-head attention; `names` of the four layers, `scale` per output of the last one. */
  attention(x: Value, names: AttentionNames, scale?: Float32Array): Value;
  gelu(x: Value): Value;
  /** x · sigmoid(1.702 x), as CLIP has it. */
  quickGelu(x: Value): Value;
  add(a: Value, b: Value): Value;
}

export interface AttentionNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly output: string;
}

/**
 * @param epsilon of the layer norms
 */
export function vitLayers(
  graph: GraphBuilder,
  source: VitWeights,
  { image, patch, width, heads }: VitShape,
  epsilon: number,
): VitLayers {
  const math = elementwise(graph, 'float32', 'number');
  const size = width / heads;
  const toHeads = graph.initializer('shape/heads', BigInt64Array.of(0n, 0n, BigInt(heads), -1n));
  const toTokens = graph.initializer('shape/tokens', BigInt64Array.of(0n, 0n, BigInt(width)));
  const last = { axis: { int: -1 } };

  const linear: VitLayers['linear'] = (x, name, { weights, bias }) => {
    const outputs = bias.length;
    const inputs = weights.length / outputs;
    const right = transposed(weights, outputs, inputs);
    const product = graph.node('MatMul', [
      x,
      graph.initializer(`${name}/weights`, right, [inputs, outputs]),
    ]);
    return graph.node('Add', [product, graph.initializer(`${name}/bias`, bias)]);
  };
  const tensors: VitLayers['tensors'] = (name, outputs, inputs) => ({
    weights: source.values(`${name}.weight`, [outputs, inputs]),
    bias: source.values(`${name}.bias`, [outputs]),
  });

  return {
    patches(images, name, withBias) {
      const dims = [width, 3, patch, patch];
      const filter = graph.initializer(name, source.values(`${name}.weight`, dims), dims);
      const bias = withBias
        ? [graph.initializer(`${name}/bias`, source.values(`${name}.bias`, [width]))]
        : [];
      const maps = graph.node('Conv', [images, filter, ...bias], {
        kernel_shape: { ints: [patch, patch] },
        strides: { ints: [patch, patch] },
      });
      const rows = BigInt((image / patch) ** 2);
      const shape = graph.initializer('shape/patches', BigInt64Array.of(0n, BigInt(width), rows));
      const columns = graph.node('Reshape', [maps, shape]);
      return graph.node('Transpose', [columns], { perm: { ints: [0, 2, 1] } });
    },
    withClassToken(patches, token, positions) {
      const count = graph.node('Shape', [patches], { start: { int: 0 }, end: { int: 1 } });
      const one = graph.initializer('shape/token', BigInt64Array.of(1n, BigInt(width)));
      const shape = graph.node('Concat', [count, one], { axis: { int: 0 } });
      const first = graph.initializer('class-token', token, [1, 1, width]);
      const tokens = graph.node('Expand', [first, shape]);
      const all = graph.node('Concat', [tokens, patches], { axis: { int: 1 } });
      const dims = [positions.length / width, width];
      return graph.node('Add', [all, graph.initializer('positions', positions, dims)]);
    },
    norm(x, name) {
      const part = (each: string) =>
        graph.initializer(`${name}/${each}`, source.values(`${name}.${each}`, [width]));
      const attributes = { ...last, epsilon: { float: epsilon } };
      return graph.node('LayerNormalization', [x, part('weight'), part('bias')], attributes);
    },
    linear,
    tensors,
    attention(x, names, scale) {
      const inHeads = (name: string, perm: readonly number[], factor = 1) => {
        const read = tensors(name, width, width);
        const layer = factor === 1 ? read : scaledBy(read, () => factor);
        const split = graph.node('Reshape', [linear(x, name, layer), toHeads]);
        return graph.node('Transpose', [split], { perm: { ints: perm } });
      };
      // The scores are divided by √size: here the queries are, which have fewer numbers.
      const query = inHeads(names.query, [0, 2, 1, 3], 1 / Math.sqrt(size));
      const key = inHeads(names.key, [0, 2, 3, 1]);
      const value = inHeads(names.value, [0, 2, 1, 3]);
      const shares = graph.node('Softmax', [graph.node('MatMul', [query, key])], last);
      const mixed = graph.node('MatMul', [shares, value]);
      const joined = graph.node('Reshape', [
        graph.node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } }),
        toTokens,
      ]);
      const output = tensors(names.output, width, width);
      const layer = scale ? scaledBy(output, (row) => scale[row]!) : output;
      return linear(joined, names.output, layer);
    },
    // As the runtime's fusion knows them: it has a kernel for each.
    gelu(x) {
      const error = graph.node('Erf', [math.div(x, Math.SQRT2)]);
      return math.mul(math.mul(x, math.add(error, 1)), 0.5);
    },
    quickGelu: (x) => math.mul(x, graph.node('Sigmoid', [math.mul(x, 1.702)])),
    add: math.add,
  };
}

/** A layer whose outputs are multiplied by a factor each; rounded once. */
export function scaledBy({ weights, bias }: Linear, factor: (row: number) => number): Linear {
  const inputs = weights.length / bias.length;
  return {
    weights: weights.map((value, i) => value * factor(Math.floor(i / inputs))),
    bias: bias.map((value, row) => value * factor(row)),
  };
}

/** [rows, columns] as [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      out[column * rows + row] = values[row * columns + column]!;
    }
  }
  return out;
}
