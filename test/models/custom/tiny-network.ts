import { writeFileSync } from 'node:fs';
import { descriptionFormat } from '../../../src/models/custom/description.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';

export const tinySide = 4;
export const tinyRow = 5;

const weight = (pixel: number, column: number) => Math.sin(1 + pixel * tinyRow + column);

/**
 * Writes a network with tokens, of which each is one colour of the image, mapped: `pixels` float32
 * [N, 3, 4, 4] to `tokens` [N, 3, 5] and their sum, `rows` [N, 5].
 */
export function writeTinyNetwork(path: string, batch: number | string = 'N'): void {
  const graph = new GraphBuilder('tiny');
  const pixels = graph.input('pixels', 'float32', [batch, 3, tinySide, tinySide]);
  const flat = graph.initializer('flat', BigInt64Array.of(0n, 3n, 16n));
  const values = Float32Array.from({ length: 16 * tinyRow }, (_, i) =>
    weight(Math.floor(i / tinyRow), i % tinyRow),
  );
  const weights = graph.initializer('weights', values, [16, tinyRow]);
  const colors = graph.node('Reshape', [pixels, flat]);
  const tokens = graph.node('MatMul', [colors, weights], {}, 'tokens');
  const axis = graph.initializer('axis', BigInt64Array.of(1n));
  const rows = graph.node('ReduceSum', [tokens, axis], { keepdims: { int: 0 } }, 'rows');
  graph.output(tokens, 'float32', [batch, 3, tinyRow]);
  graph.output(rows, 'float32', [batch, tinyRow]);
  writeFileSync(path, graph.encode());
}

/** The tokens of an image of 4 × 4, of which each value is (v / 255 − ½) / ¼. */
export function tinyTokens(rgb: Uint8Array): number[][] {
  return [0, 1, 2].map((color) =>
    Array.from({ length: tinyRow }, (_, column) => {
      let sum = 0;
      for (let pixel = 0; pixel < 16; pixel++) {
        sum += ((rgb[pixel * 3 + color]! / 255 - 0.5) / 0.25) * weight(pixel, column);
      }
      return sum;
    }),
  );
}

/** A description of it, with what a test changes. */
export function tinyDescription(output: object = { name: 'rows' }, part: object = {}): string {
  return JSON.stringify({
    format: descriptionFormat,
    input: { name: 'pixels', layout: 'NCHW' },
    resize: { size: tinySide, filter: 'pillow-bicubic' },
    scaling: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    output,
    ...part,
  });
}
