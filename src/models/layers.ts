import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Filter } from './batch-norm.ts';

// The few layers that Inception-v3 is made of, on NCHW values. A pair is [height, width].

export type Pair = readonly [height: number, width: number];

export interface Window {
  readonly strides: Pair;
  /** Padding on both sides of each axis. */
  readonly padding: Pair;
}

/** Convolution with bias and ReLU, which onnxruntime runs as one kernel. */
export function convolutionRelu(
  graph: GraphBuilder,
  input: Value,
  { weights, dims, bias }: Filter,
  window: Window,
  name: string,
): Value {
  const convolved = graph.node(
    'Conv',
    [
      input,
      graph.initializer(`${name}/weights`, weights, dims),
      graph.initializer(`${name}/bias`, bias),
    ],
    { kernel_shape: { ints: dims.slice(2) }, ...windowAttributes(window) },
    `${name}/convolution`,
  );
  return graph.node('Relu', [convolved], {}, name);
}

export function maxPool(
  graph: GraphBuilder,
  input: Value,
  size: Pair,
  window: Window,
  name: string,
): Value {
  const attributes = { kernel_shape: { ints: size }, ...windowAttributes(window) };
  return graph.node('MaxPool', [input], attributes, name);
}

/** Average over the part of the window inside the image: padding does not count. */
export function averagePool(
  graph: GraphBuilder,
  input: Value,
  size: Pair,
  window: Window,
  name: string,
): Value {
  const attributes = {
    kernel_shape: { ints: size },
    ...windowAttributes(window),
    count_include_pad: { int: 0 },
  };
  return graph.node('AveragePool', [input], attributes, name);
}

/** Joins channels. */
export function concatenate(graph: GraphBuilder, inputs: readonly Value[], name: string): Value {
  return graph.node('Concat', inputs, { axis: { int: 1 } }, name);
}

function windowAttributes({ strides, padding: [height, width] }: Window) {
  return { strides: { ints: strides }, pads: { ints: [height, width, height, width] } };
}
