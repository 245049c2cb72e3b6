import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { imageInput, imageOpset, resizeBilinear } from '../../src/models/image-input.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

/** A model of the input and its resizing alone. */
async function resizer(size: number): Promise<InferenceSession> {
  const graph = new GraphBuilder('resize');
  const resized = resizeBilinear(graph, imageInput(graph), size);
  graph.output(resized, 'float32', ['N', 3, size, size]);
  return InferenceSession.create(graph.encode({ opset: imageOpset }));
}

/** The two pixels and the weight of the second that make output `to`: half-pixel, edges held. */
function taps(to: number, from: number, size: number): [number, number, number] {
  const centre = Math.min(Math.max(((to + 0.5) * from) / size - 0.5, 0), from - 1);
  const low = Math.floor(centre);
  return [low, Math.min(low + 1, from - 1), centre - low];
}

describe('resizeBilinear', () => {
  it.each([
    ['enlarges', 3, 5, 8],
    ['shrinks without antialiasing', 29, 17, 8],
    ['leaves alone', 8, 8, 8],
  ])('%s, from [N, H, W, 3] bytes to [N, 3, size, size]', async (_, height, width, size) => {
    const count = 2;
    const length = count * height * width * 3;
    const images = Uint8Array.from({ length }, (_, i) => (i * i * 31 + i * 7) % 256);
    const pixel = (n: number, c: number, y: number, x: number) =>
      images[((n * height + y) * width + x) * 3 + c]!;
    const session = await resizer(size);
    const feeds = { images: new Tensor('uint8', images, [count, height, width, 3]) };
    const result = (await session.run(feeds))[session.outputNames[0]!];
    expect(result?.dims).toEqual([count, 3, size, size]);
    const values = result?.data as Float32Array;

    for (const [i, actual] of values.entries()) {
      const [x, y] = [i % size, Math.floor(i / size) % size];
      const plane = Math.floor(i / (size * size));
      const [n, c] = [Math.floor(plane / 3), plane % 3];
      const [top, bottom, down] = taps(y, height, size);
      const [left, right, across] = taps(x, width, size);
      const row = (at: number) =>
        pixel(n, c, at, left) * (1 - across) + pixel(n, c, at, right) * across;
      const expected = row(top) * (1 - down) + row(bottom) * down;
      // float32 positions of up to 29 pixels, times steps of up to 255.
      expect(Math.abs(actual - expected)).toBeLessThan(29 * 255 * 2 ** -22);
    }
  });
});
