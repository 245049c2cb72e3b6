import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { type Elementwise, elementwise } from './elementwise.ts';

// Resizing as two products with matrices of interpolation weights, which are computed inside the
// graph from the image's size. ONNX's Resize leaves its rounding and its edges to the runtime; here
// they are those of the tool that a mode is named after.

/** Adds the weights [size, length] of one axis, float32, to a graph. */
export type Interpolation = (
  graph: GraphBuilder,
  name: string,
  length: Value,
  size: number,
) => Value;

/**
 * Resizes [N, C, H, W] float32 to [N, C, size, size]: first along x, then along y.
 */
export function resizeWith(
  interpolation: Interpolation,
  graph: GraphBuilder,
  input: Value,
  size: number,
): Value {
  const weights = (axis: number) => {
    const name = axis === 2 ? 'resize/y' : 'resize/x';
    const shape = graph.node('Shape', [input], { start: { int: axis }, end: { int: axis + 1 } });
    return interpolation(graph, name, graph.node('Squeeze', [shape]), size);
  };
  const across = graph.node('Transpose', [weights(3)], { perm: { ints: [1, 0] } });
  const wide = graph.node('MatMul', [input, across]);
  return graph.node('MatMul', [weights(2), wide]);
}

/**
 * PyTorch's bilinear `interpolate(align_corners=False)` on a processor, without antialiasing: output
 * i lies at (i + ½) · in/out − ½, not below 0. As there, in/out is a float32 and the rest is double.
 */
export const bilinearHalfPixel: Interpolation = (graph, name, length, size) => {
  const single = elementwise(graph, 'float32', `${name}/single`);
  const math = elementwise(graph, 'float64', name);
  const scale = math.cast(single.div(single.cast(length), size));
  const centre = math.sub(math.mul(math.add(math.range(size), 0.5), scale), 0.5);
  return single.cast(bilinear(graph, math, math.max(centre, 0), math.cast(length)));
};

/** TensorFlow 1's bilinear resize, in float32: output i lies at i · in/out. */
export const bilinearAsymmetric: Interpolation = (graph, name, length, size) => {
  const math = elementwise(graph, 'float32', name);
  const scale = math.div(math.cast(length), size);
  return bilinear(graph, math, math.mul(math.range(size), scale), math.cast(length));
};

/**
 * Pillow's bicubic (a = −½) of float images, antialiased: where an image shrinks, the kernel is
 * stretched by in/out. Weights are normalised in double. `precompute_coeffs` in Pillow's
 * `src/libImaging/Resample.c` also cuts the window to whole pixels, all of which the kernel makes 0.
 */
export const bicubicAntialiased: Interpolation = (graph, name, length, size) => {
  const math = elementwise(graph, 'float64', name);
  const count = math.cast(length);
  const scale = math.div(count, size);
  const centre = column(graph, math.mul(math.add(math.range(size), 0.5), scale));
  const offset = math.sub(math.add(math.range(count), 0.5), centre);
  const weights = cubic(math, math.abs(math.div(offset, math.max(scale, 1))));
  const last = graph.initializer(`${name}/last-axis`, BigInt64Array.of(1n));
  const sums = graph.node('ReduceSum', [weights, last], { keepdims: { int: 1 } });
  return graph.node('Cast', [math.div(weights, sums)], { to: { int: 1 } });
};

/** 1 − f at pixel ⌊position⌋ and f at the next one, which stays inside the image. */
function bilinear(graph: GraphBuilder, math: Elementwise, position: Value, length: Value): Value {
  const low = math.floor(position);
  const high = math.min(math.add(low, 1), graph.node('Sub', [length, math.constant(1)]));
  const fraction = math.sub(position, low);
  const pixels = math.range(length);
  const at = (pixel: Value, weight: Value) =>
    math.mul(math.equal(pixels, column(graph, pixel)), column(graph, weight));
  return math.add(at(low, math.sub(math.constant(1), fraction)), at(high, fraction));
}

/** Keys's kernel with a = −½ of x ≥ 0, in Pillow's order of operations. */
function cubic({ add, sub, mul, whereLess }: Elementwise, x: Value): Value {
  const near = add(mul(mul(sub(mul(x, 1.5), 2.5), x), x), 1);
  const far = mul(sub(mul(add(mul(sub(x, 5), x), 8), x), 4), -0.5);
  return whereLess(x, 1, near, whereLess(x, 2, far, 0));
}

/** [n] as [n, 1]. */
function column(graph: GraphBuilder, values: Value): Value {
  const shape = `${values}/column`;
  return graph.node('Unsqueeze', [values, graph.initializer(shape, BigInt64Array.of(1n))]);
}
