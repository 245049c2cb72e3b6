import { StudyError } from '../errors.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { shown } from '../torch/cursor.ts';
import type { StateDict } from '../torch/state-dict.ts';
import { tensorValues } from '../torch/tensor.ts';
import { foldBatchNorm } from './batch-norm.ts';
import { averagePool, concatenate, convolutionRelu, maxPool, type Pair } from './layers.ts';

/** A value in the graph with its channels, which fix the next kernel's shape. */
export interface Maps {
  readonly value: Value;
  readonly channels: number;
}

export interface ConvolutionSettings {
  readonly stride?: number;
  readonly padding?: Pair;
}

/** Layers, named as in PyTorch's port of the FID Inception. */
export interface FidLayers {
  /** Convolution, batch normalisation and ReLU. @throws StudyError if its weights do not fit */
  convolution(
    name: string,
    input: Maps,
    outputs: number,
    kernel: Pair,
    settings?: ConvolutionSettings,
  ): Maps;
  /** 3 × 3, stride 1, padding 1, which the average ignores. */
  averagePool(name: string, input: Maps): Maps;
  /** 3 × 3, stride 1, padding 1. */
  maxPool(name: string, input: Maps): Maps;
  /** 3 × 3, stride 2, no padding. */
  reduce(name: string, input: Maps): Maps;
  concatenate(name: string, inputs: readonly Maps[]): Maps;
  /**
   * Call it after all layers. The classifier must be there too, although features do not pass it, and
   * no tensor may be left over. Otherwise the weights of a network that only starts like this one would
   * give features silently.
   * @throws StudyError naming the missing, misshapen or unexpected tensor
   */
  requireNoOthers(): void;
}

/** Outputs of the classifier: TensorFlow's network of 2015 has 1008, torchvision's 1000. */
export const classes = 1008;

const none: Pair = [0, 0];
const around = { strides: [1, 1], padding: [1, 1] } as const;
const every2nd = { strides: [2, 2], padding: [0, 0] } as const;

/** Adds layers to a graph, with weights from a state dict; normalisation is folded in. */
export function fidLayers(graph: GraphBuilder, { tensors }: StateDict): FidLayers {
  const used = new Set<string>();
  const values = (name: string, shape: readonly number[]) => {
    const tensor = tensors.get(name);
    used.add(name);
    if (tensor) return tensorValues(tensor, shape, name);
    throw new StudyError(`tensor ${name} is missing`, 'are these the weights of this network?');
  };
  return {
    convolution(name, input, outputs, kernel, { stride = 1, padding = none } = {}) {
      const norm = (part: string) => values(`${name}.bn.${part}`, [outputs]);
      const dims = [outputs, input.channels, ...kernel] as const;
      const filter = foldBatchNorm(values(`${name}.conv.weight`, dims), dims, {
        mean: norm('running_mean'),
        variance: norm('running_var'),
        beta: norm('bias'),
        gamma: norm('weight'),
        epsilon: 1e-3,
      });
      // A counter of training steps; a trained network does not need it.
      used.add(`${name}.bn.num_batches_tracked`);
      const window = { strides: [stride, stride] as const, padding };
      const value = convolutionRelu(graph, input.value, filter, window, name);
      return { value, channels: outputs };
    },
    averagePool: (name, { value, channels }) => ({
      value: averagePool(graph, value, [3, 3], around, name),
      channels,
    }),
    maxPool: (name, { value, channels }) => ({
      value: maxPool(graph, value, [3, 3], around, name),
      channels,
    }),
    reduce: (name, { value, channels }) => ({
      value: maxPool(graph, value, [3, 3], every2nd, name),
      channels,
    }),
    concatenate(name, inputs) {
      const parts = inputs.map(({ value }) => value);
      const channels = inputs.reduce((sum, input) => sum + input.channels, 0);
      return { value: concatenate(graph, parts, name), channels };
    },
    requireNoOthers() {
      values('fc.weight', [classes, 2048]);
      values('fc.bias', [classes]);
      const others = [...tensors.keys()].filter((name) => !used.has(name));
      if (others.length === 0) return;
      throw new StudyError(
        `unexpected tensor ${shown(others[0]!)}${others.length > 1 ? `, and ${others.length - 1} more` : ''}`,
        'this network has no tensor of that name: are these its weights?',
      );
    },
  };
}
