import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { type Filter, foldBatchNorm } from './batch-norm.ts';
import {
  type ConvolutionLayer,
  type KerasLayer,
  type NormalisationLayer,
  untranslatable,
} from './keras-layers.ts';
import type { KerasWeights } from './keras-weights.ts';
import { averagePool, concatenate, convolutionRelu, maxPool, type Pair } from './layers.ts';

/** A convolution, then its normalisation, waiting for the activation that completes them. */
interface Pending {
  readonly layer: ConvolutionLayer;
  readonly input: Value;
  readonly channels: number;
  readonly filter?: Filter;
}

/** A value in the graph and how many channels it has, which fix the next kernel's shape. */
interface Made {
  readonly value: Value;
  readonly channels: number;
}

/**
 * Adds Keras layers to an ONNX graph: each convolution with its batch normalisation folded in, then
 * its ReLU. Channels come second in ONNX and last in Keras; the values are the same.
 *
 * @param layers in topological order, the first one an input layer
 * @param input replaces the input layer, [N, 3, H, W]
 * @returns the last layer's value
 * @throws StudyError if the layers do not follow each other as expected
 */
export function addKerasLayers(
  graph: GraphBuilder,
  layers: readonly KerasLayer[],
  weights: KerasWeights,
  input: Value,
): Value {
  const made = new Map<string, Made>();
  const pending = new Map<string, Pending>();
  for (const layer of layers) {
    const { name, inputs } = layer;
    const sources = () => inputs.map((source) => need(made, source, name));
    const only = <T>(from: Map<string, T>) => need(from, inputs[0] ?? 'nothing', name);
    switch (layer.class_name) {
      case 'InputLayer':
        made.set(name, { value: input, channels: 3 });
        break;
      case 'Conv2D': {
        const { value, channels } = only(made);
        pending.set(name, { layer, input: value, channels });
        break;
      }
      case 'BatchNormalization': {
        const before = only(pending);
        pending.set(name, { ...before, filter: foldedFilter(before, layer, weights) });
        break;
      }
      case 'Activation': {
        const { layer: convolution, input: value, filter } = only(pending);
        if (!filter) throw untranslatable(`layer ${name} follows no batch normalisation`);
        const { strides, kernel_size } = convolution.config;
        const window = { strides, padding: padding(convolution.config, kernel_size) };
        const result = convolutionRelu(graph, value, filter, window, name);
        made.set(name, { value: result, channels: filter.dims[0] });
        break;
      }
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        const { value, channels } = only(made);
        const { strides, pool_size } = layer.config;
        const window = { strides, padding: padding(layer.config, pool_size) };
        const pool = layer.class_name === 'MaxPooling2D' ? maxPool : averagePool;
        made.set(name, { value: pool(graph, value, pool_size, window, name), channels });
        break;
      }
      case 'Concatenate': {
        const parts = sources();
        const values = parts.map(({ value }) => value);
        const channels = parts.reduce((sum, part) => sum + part.channels, 0);
        made.set(name, { value: concatenate(graph, values, name), channels });
        break;
      }
    }
  }
  return need(made, layers.at(-1)?.name ?? 'nothing', 'the end').value;
}

function foldedFilter(
  { layer, channels }: Pending,
  { name, config }: NormalisationLayer,
  weights: KerasWeights,
): Filter {
  const { filters, kernel_size } = layer.config;
  const [height, width] = kernel_size;
  const kernel = weights(`${layer.name}/kernel`, [height, width, channels, filters]);
  return foldBatchNorm(outputFirst(kernel, filters), [filters, channels, height, width], {
    mean: weights(`${name}/moving_mean`, [filters]),
    variance: weights(`${name}/moving_variance`, [filters]),
    beta: weights(`${name}/beta`, [filters]),
    epsilon: config.epsilon,
  });

  /** Keras's [height, width, in, out] as ONNX's [out, in, height, width]. */
  function outputFirst(source: Float32Array, outputs: number): Float32Array {
    const area = height * width;
    const result = new Float32Array(source.length);
    for (let at = 0, i = 0; at < area; at += 1) {
      for (let input = 0; input < channels; input += 1) {
        for (let output = 0; output < outputs; output += 1, i += 1) {
          result[(output * channels + input) * area + at] = source[i]!;
        }
      }
    }
    return result;
  }
}

/** Keras's 'same' at stride 1 pads an odd window equally on both sides; no other case occurs here. */
function padding(
  { padding: kind, strides }: { padding: 'valid' | 'same'; strides: Pair },
  [height, width]: Pair,
): Pair {
  if (kind === 'valid') return [0, 0];
  if (strides[0] !== 1 || strides[1] !== 1 || height % 2 === 0 || width % 2 === 0) {
    throw untranslatable(`'same' padding of ${height} × ${width}, stride ${strides}`);
  }
  return [(height - 1) / 2, (width - 1) / 2];
}

function need<T>(from: Map<string, T>, name: string, user: string): T {
  const found = from.get(name);
  if (found === undefined) throw untranslatable(`layer ${user} cannot follow ${name}`);
  return found;
}
