import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { type Elementwise, elementwise } from './elementwise.ts';

// Resizing as two products with matrices of interpolation weights, computed inside the graph from the
// image's size. ONNX's Resize leaves rounding and edges to the runtime; here they match the tool that
// a mode is named after.

/** The length of an axis: a number, or an int64 scalar in the graph. */
export type Length = number | Value;

/** Adds the weights [size, length] of one axis, float32, to a graph. */
export type Interpolation = (
  graph: GraphBuilder,
  name: string,
  length: Value,
  size: Length,
) => Value;

/**
 * Resizes [N, C, H, W] float32 to [N, C, height, width]: first along x, then along y.
 *
 * @param height also the width, unless that is given
 * @param afterEach applied to the values after each of the two products; by default nothing
 */
export function resizeWith(
  interpolation: Interpolation,
  graph: GraphBuilder,
  input: Value,
  height: Length,
  width: Length = height,
  afterEach: (value: Value) => Value = (value) => value,
): Value {
  const weights = (axis: 2 | 3, size: Length) => {
    const name = axis === 2 ? 'resize/y' : 'resize/x';
    return interpolation(graph, name, lengthOf(graph, input, axis), size);
  };
  const across = graph.node('Transpose', [weights(3, width)], { perm: { ints: [1, 0] } });
  const wide = afterEach(graph.node('MatMul', [input, across]));
  return afterEach(graph.node('MatMul', [weights(2, height), wide]));
}

/** The length of one axis as an int64 scalar. */
export function lengthOf(graph: GraphBuilder, input: Value, axis: number): Value {
  const shape = graph.node('Shape', [input], { start: { int: axis }, end: { int: axis + 1 } });
  return graph.node('Squeeze', [shape]);
}

/**
 * PyTorch's bilinear `interpolate(align_corners=False)` on a CPU, without antialiasing: output
 * i lies at (i + ½) · in/out − ½, not below 0. As there, in/out is a float32 and the rest is double.
 */
export const bilinearHalfPixel: Interpolation = (graph, name, length, size) => {
  const single = elementwise(graph, 'float32', `${name}/single`);
  const math = elementwise(graph, 'float64', name);
  const scale = math.cast(single.div(single.cast(length), single.of(size)));
  const centre = math.sub(math.mul(math.add(math.range(math.of(size)), 0.5), scale), 0.5);
  return single.cast(bilinear(graph, math, math.max(centre, 0), math.cast(length)));
};

/** TensorFlow 1's bilinear resize, in float32: output i lies at i · in/out. */
export const bilinearAsymmetric: Interpolation = (graph, name, length, size) => {
  const math = elementwise(graph, 'float32', name);
  const to = math.of(size);
  const scale = math.div(math.cast(length), to);
  return bilinear(graph, math, math.mul(math.range(to), scale), math.cast(length));
};

/**
 * Pillow's bicubic (a = −½) of float images, antialiased. `precompute_coeffs` in Pillow's
 * `src/libImaging/Resample.c` also cuts the window to whole pixels; the kernel is 0 there anyway.
 */
export const bicubicAntialiased: Interpolation = antialiased(cubic, (graph, weights) =>
  graph.node('Cast', [weights], { to: { int: 1 } }),
);

/** The same for images of bytes: Pillow rounds their weights to 2⁻²². These are float64. */
export const bicubicOfBytes: Interpolation = antialiased(cubic, fixedPoint);

/** Pillow's bilinear for images of bytes: a triangle, antialiased; weights are float64. */
export const bilinearOfBytes: Interpolation = antialiased(triangle, fixedPoint);

/**
 * Pillow's antialiasing: if an image shrinks, the kernel is stretched by in/out. Weights are normalised
 * in double.
 */
function antialiased(
  kernel: (math: Elementwise, x: Value) => Value,
  finish: (graph: GraphBuilder, weights: Value, math: Elementwise) => Value,
): Interpolation {
  return (graph, name, length, size) => {
    const math = elementwise(graph, 'float64', name);
    const count = math.cast(length);
    const to = math.of(size);
    const scale = math.div(count, to);
    const centre = column(graph, math.mul(math.add(math.range(to), 0.5), scale));
    const offset = math.sub(math.add(math.range(count), 0.5), centre);
    const weights = kernel(math, math.abs(math.div(offset, math.max(scale, 1))));
    const last = graph.initializer(`${name}/last-axis`, BigInt64Array.of(1n));
    const sums = graph.node('ReduceSum', [weights, last], { keepdims: { int: 1 } });
    return finish(graph, math.div(weights, sums), math);
  };
}

/** To the nearest multiple of 2⁻²², halves away from 0: Pillow's `normalize_coeffs_8bpc`. */
function fixedPoint(_: GraphBuilder, weights: Value, math: Elementwise): Value {
  const steps = math.floor(math.add(math.mul(math.abs(weights), 2 ** 22), 0.5));
  const size = math.div(steps, 2 ** 22);
  return math.whereLess(weights, 0, math.mul(size, -1), size);
}

function triangle({ constant, max, sub }: Elementwise, x: Value): Value {
  return max(sub(constant(1), x), 0);
}

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

/** Keys's kernel with a = −½ for x ≥ 0, in Pillow's order of operations. */
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
