import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { descriptionFormat } from '../../src/models/custom/description.ts';
import { descriptionPath } from '../../src/models/custom/extractor.ts';
import type { Extractor } from '../../src/models/extractor.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

export const tinyDimension = 5;

/** What the tiny network gives for one image: the mean of each channel, mapped and squashed. */
export function tinyFeatures(rgb: Uint8Array): number[] {
  const pixels = rgb.length / 3;
  const means = [0, 0, 0];
  rgb.forEach((value, i) => {
    means[i % 3]! += value / 255 / pixels;
  });
  return Array.from({ length: tinyDimension }, (_, j) =>
    Math.tanh(means.reduce((sum, mean, c) => sum + mean * weight(c, j), 0)),
  );
}

const weight = (channel: number, feature: number) => Math.sin(1 + channel * 5 + feature);

/** A network of a few nodes in the place of an Inception: milliseconds, and known features. */
export function tinyExtractor(
  path: string,
  mode = 'mean',
  declared: number | string = tinyDimension,
): Extractor {
  const graph = new GraphBuilder('tiny');
  const images = graph.input('images', 'uint8', ['n', 'h', 'w', 3]);
  const floats = graph.node('Cast', [images], { to: { int: 1 } });
  const scale = graph.initializer('scale', Float32Array.of(255));
  const scaled = graph.node('Div', [floats, scale]);
  const means = graph.node('ReduceMean', [scaled], {
    axes: { ints: [1, 2] },
    keepdims: { int: 0 },
  });
  const weights = Float32Array.from({ length: 3 * tinyDimension }, (_, i) =>
    weight(Math.floor(i / tinyDimension), i % tinyDimension),
  );
  const mapped = graph.node('MatMul', [means, graph.initializer('weights', weights, [3, 5])]);
  graph.output(graph.node('Tanh', [mapped], {}, 'features'), 'float32', ['n', declared]);
  const bytes = graph.encode({ metadata: { mode } });
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: 'tiny', mode, dimension: tinyDimension, sha256, path, comparable: false };
}

/** The same network as a user's own, for `--model`: the path of its file. */
export function tinyModel(path: string): string {
  tinyExtractor(path);
  const input = { name: 'images', layout: 'NHWC' };
  const description = { format: descriptionFormat, input, output: { name: 'features' } };
  writeFileSync(descriptionPath(path), JSON.stringify(description));
  return path;
}
