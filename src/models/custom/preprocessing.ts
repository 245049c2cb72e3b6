import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { type Elementwise, elementwise } from '../elementwise.ts';
import { imageOpset } from '../image-input.ts';
import {
  bicubicAntialiased,
  bicubicOfBytes,
  bilinearAsymmetric,
  bilinearHalfPixel,
  bilinearOfBytes,
  type Interpolation,
  type Length,
  lengthOf,
  resizeWith,
} from '../interpolation.ts';
import type { Description, Filter } from './description.ts';
import type { Fit } from './fit.ts';

/**
 * The ONNX graph that precedes a user's network: uint8 images [N, H, W, 3] of any size to the
 * network's input, `values`.
 */
export function preprocessingGraph(description: Description, type: Fit['type']): Uint8Array {
  const { input, scaling } = description;
  const graph = new GraphBuilder('preprocessing');
  let x = fitted(graph, bytesInput(graph), description);
  if (input.colors === 'BGR') {
    const order = graph.initializer('colors', BigInt64Array.of(2n, 1n, 0n));
    x = graph.node('Gather', [x, order], { axis: { int: 1 } });
  }
  if (type === 'uint8') {
    x = graph.node('Cast', [toBytes(elementwise(graph, 'float32', 'bytes'), x)], {
      to: { int: 2 },
    });
  } else if (scaling) x = scaled(graph, x, scaling);
  const perm = input.layout === 'NCHW' ? [0, 1, 2, 3] : [0, 2, 3, 1];
  const values = graph.node('Transpose', [x], { perm: { ints: perm } }, 'values');
  graph.output(values, type, ['N', 'a', 'b', 'c']);
  return graph.encode({ opset: imageOpset });
}

/** Declares the model input `images`, uint8 [N, H, W, 3] of any size; returns them as [N, 3, H, W]. */
export function bytesInput(graph: GraphBuilder): Value {
  const images = graph.input('images', 'uint8', ['N', 'H', 'W', 3]);
  return graph.node('Transpose', [images], { perm: { ints: [0, 3, 1, 2] } });
}

/** Resizes and crops uint8 [N, 3, H, W], to float32 0 … 255. */
export function fitted(
  graph: GraphBuilder,
  bytes: Value,
  { resize, crop }: Pick<Description, 'resize' | 'crop'>,
): Value {
  const { cast } = elementwise(graph, 'float32', 'values');
  const x = resize ? cast(resized(graph, bytes, resize)) : cast(bytes);
  return crop ? cropped(graph, x, crop) : x;
}

/** (x / divisor − mean) / std of [N, 3, H, W], in the order of torchvision's ToTensor and Normalize. */
export function scaled(
  graph: GraphBuilder,
  x: Value,
  { divisor, mean, std }: NonNullable<Description['scaling']>,
): Value {
  const perChannel = (name: string, values: readonly number[]) =>
    graph.initializer(name, Float32Array.from(values), [3, 1, 1]);
  const unit = elementwise(graph, 'float32', 'scaling').div(x, divisor);
  const centred = graph.node('Sub', [unit, perChannel('mean', mean)]);
  return graph.node('Div', [centred, perChannel('std', std)]);
}

/** Names the resizing and cropping, without colours and scaling. */
export function modeOf({ resize, crop }: Description): string {
  if (!resize) return 'as-is';
  const { filter, size, shortest } = resize;
  const sides = (pair: readonly number[]) => pair.join('x');
  return `${filter}-${size ? sides(size) : shortest}${crop ? `-crop-${sides(crop)}` : ''}`;
}

type Type = 'float32' | 'float64';

/** Each filter's weights, its arithmetic type, and the step after each axis and after both. */
const resizers: Readonly<
  Record<Filter, { by: Interpolation; type: Type; each?: 'bytes'; end?: 'clip' }>
> = {
  // Sums of bytes times multiples of 2⁻²² are exact in float64, as they are in Pillow.
  'pillow-bicubic': { by: bicubicOfBytes, type: 'float64', each: 'bytes' },
  'pillow-bilinear': { by: bilinearOfBytes, type: 'float64', each: 'bytes' },
  'clean-bicubic': { by: bicubicAntialiased, type: 'float32', end: 'clip' },
  'torch-bilinear': { by: bilinearHalfPixel, type: 'float32' },
  'tensorflow-bilinear': { by: bilinearAsymmetric, type: 'float32' },
};

/** Resizes uint8 [N, 3, H, W]; the result has the type of its filter's arithmetic. */
function resized(
  graph: GraphBuilder,
  bytes: Value,
  { filter, size, shortest }: NonNullable<Description['resize']>,
): Value {
  const { by, type, each, end } = resizers[filter];
  const math = elementwise(graph, type, 'resize');
  const [height, width] = size ?? shortSide(graph, bytes, shortest!);
  const rounded = each && ((value: Value) => toBytes(math, value));
  const y = resizeWith(by, graph, math.cast(bytes), height, width, rounded);
  return end ? clipped(math, y) : y;
}

/** Height and width if the shorter side becomes `length`; the other is rounded down. */
function shortSide(graph: GraphBuilder, x: Value, length: number): [Length, Length] {
  const sides = [lengthOf(graph, x, 2), lengthOf(graph, x, 3)] as const;
  const shorter = graph.node('Min', sides);
  const wanted = graph.initializer('shortest', BigInt64Array.of(BigInt(length)), []);
  const scaled = (side: Value) => graph.node('Div', [graph.node('Mul', [side, wanted]), shorter]);
  return [scaled(sides[0]), scaled(sides[1])];
}

/** The middle square of [N, C, H, W], as large as it can be; an odd margin leaves less before it. */
export function middleSquare(graph: GraphBuilder, x: Value): Value {
  const [height, width] = [lengthOf(graph, x, 2), lengthOf(graph, x, 3)];
  const side = graph.node('Min', [height, width]);
  const two = graph.initializer('square/two', BigInt64Array.of(2n), []);
  const first = graph.initializer('square/first', BigInt64Array.of(0n));
  const starts = [height, width].map((length) => {
    const margin = graph.node('Sub', [length, side]);
    return graph.node('Unsqueeze', [graph.node('Div', [margin, two]), first]);
  });
  const start = graph.node('Concat', starts, { axis: { int: 0 } });
  const axes = graph.initializer('square/axes', BigInt64Array.of(2n, 3n));
  return graph.node('Slice', [x, start, graph.node('Add', [start, side]), axes]);
}

/** The middle of an image. Half of an odd margin rounds to an even number, as in torchvision. */
function cropped(graph: GraphBuilder, x: Value, size: readonly [number, number]): Value {
  const math = elementwise(graph, 'float32', 'crop');
  const first = graph.initializer('crop/first', BigInt64Array.of(0n));
  const starts = size.map((side, i) => {
    const rest = math.sub(math.cast(lengthOf(graph, x, 2 + i)), side);
    const start = graph.node('Cast', [math.round(math.div(rest, 2))], { to: { int: 7 } });
    return graph.node('Unsqueeze', [start, first]);
  });
  const start = graph.node('Concat', starts, { axis: { int: 0 } });
  const sides = graph.initializer('crop/size', BigInt64Array.from(size.map(BigInt)));
  const axes = graph.initializer('crop/axes', BigInt64Array.of(2n, 3n));
  return graph.node('Slice', [x, start, graph.node('Add', [start, sides]), axes]);
}

/** To whole numbers 0 … 255, halves up. */
function toBytes(math: Elementwise, x: Value): Value {
  return clipped(math, math.floor(math.add(x, 0.5)));
}

function clipped(math: Elementwise, x: Value): Value {
  return math.min(math.max(x, 0), 255);
}
