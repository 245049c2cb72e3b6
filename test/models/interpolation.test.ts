import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  bicubicAntialiased,
  bilinearAsymmetric,
  bilinearHalfPixel,
  type Interpolation,
  resizeWith,
} from '../../src/models/interpolation.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

/** Weight of each pixel that output `to` is made of, from a tool's definition. */
type Taps = (to: number, from: number, size: number) => Map<number, number>;

const between = (position: number, from: number) => {
  const low = Math.floor(position);
  const taps = new Map([[low, 1 - (position - low)]]);
  const high = Math.min(low + 1, from - 1);
  return taps.set(high, (taps.get(high) ?? 0) + (position - low));
};
const asymmetric: Taps = (to, from, size) => between((to * from) / size, from);
const halfPixel: Taps = (to, from, size) =>
  between(Math.max(((to + 0.5) * from) / size - 0.5, 0), from);
/** Pillow's window: whole pixels around the centre, weights normalised to 1. */
const bicubic: Taps = (to, from, size) => {
  const scale = from / size;
  const stretch = Math.max(scale, 1);
  const centre = (to + 0.5) * scale;
  const first = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0);
  const end = Math.min(Math.trunc(centre + 2 * stretch + 0.5), from);
  const taps = new Map<number, number>();
  for (let pixel = first; pixel < end; pixel += 1) {
    const x = Math.abs((pixel - centre + 0.5) / stretch);
    const near = 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
    const far = -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2;
    taps.set(pixel, x < 1 ? near : x < 2 ? far : 0);
  }
  const sum = [...taps.values()].reduce((total, weight) => total + weight, 0);
  return new Map([...taps].map(([pixel, weight]) => [pixel, weight / sum]));
};

const size = 23;

async function resized(interpolation: Interpolation, values: Float32Array, dims: number[]) {
  const graph = new GraphBuilder('resize');
  const input = graph.input('x', 'float32', ['n', 2, 'h', 'w']);
  const output = resizeWith(interpolation, graph, input, size);
  graph.output(output, 'float32', ['n', 2, size, size]);
  const session = await InferenceSession.create(graph.encode({ opset: 18 }));
  const result = (await session.run({ x: new Tensor('float32', values, dims) }))[output]!;
  expect(result.dims).toEqual([dims[0], 2, size, size]);
  return result.data as Float32Array;
}

describe.each([
  ["TensorFlow 1's bilinear", bilinearAsymmetric, asymmetric],
  ["PyTorch's bilinear", bilinearHalfPixel, halfPixel],
  ["Pillow's bicubic", bicubicAntialiased, bicubic],
] as const)('%s', (_, interpolation, taps) => {
  it.each([
    [5, 9],
    [64, 47],
    [23, 100],
    [23, 23],
    [1, 1],
    [1, 200],
  ])('of %i × %i is as its tool defines it', async (height, width) => {
    const dims = [2, 2, height, width];
    const values = Float32Array.from({ length: 4 * height * width }, (_, i) => (i * i * 31) % 256);
    const actual = await resized(interpolation, values, dims);
    for (let plane = 0; plane < 4; plane += 1) {
      for (let y = 0; y < size; y += 1) {
        for (let x = 0; x < size; x += 1) {
          let expected = 0;
          for (const [row, down] of taps(y, height, size)) {
            for (const [column, across] of taps(x, width, size)) {
              expected += down * across * values[(plane * height + row) * width + column]!;
            }
          }
          // float32 positions of up to 200 pixels, times steps of up to 255, in two axes.
          const difference = actual[(plane * size + y) * size + x]! - expected;
          expect(Math.abs(difference)).toBeLessThan(2 * 200 * 255 * 2 ** -23);
        }
      }
    }
  });

  it('leaves an image of the wanted size as it is', async () => {
    const values = Float32Array.from({ length: 2 * size * size }, (_, i) => (i * i * 7) % 256);
    expect(await resized(interpolation, values, [1, 2, size, size])).toEqual(values);
  });
});
