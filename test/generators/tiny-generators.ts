import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type GeneratorDescription, generatorFormat } from '../../src/generators/description.ts';
import { descriptionPath } from '../../src/models/custom/extractor.ts';
import { type Dim, GraphBuilder } from '../../src/onnx/graph-builder.ts';

/** The generator that PyTorch exported: latents [N, 8] and classes [N] to images [N, 3, 16, 16]. */
export const convGenerator = fileURLToPath(
  new URL('./fixtures/conv-generator.onnx', import.meta.url),
);

/** Its own description, for changes. */
export const plainDescription = {
  format: generatorFormat,
  latent: { name: 'z', shape: [4], distribution: 'normal' },
  output: { name: 'images', range: [0, 1] },
};

interface Shape {
  /** What the file states; by default what it is. */
  readonly latentDims?: readonly Dim[];
  readonly imageDims?: readonly Dim[];
  readonly latentType?: 'float32' | 'float64';
  /** Multiplies the images: NaN makes them none. */
  readonly scale?: number;
}

/** A generator made here: latents [N, 4] to images [N, 3, 6, 6], sigmoids of a product. */
export function tinyGenerator(path: string, shape: Shape = {}, description: object = {}): string {
  const graph = new GraphBuilder('tiny generator');
  const { latentDims = ['N', 4], imageDims = ['N', 3, 6, 6], latentType = 'float32' } = shape;
  const z = graph.input('z', latentType, latentDims);
  const single = latentType === 'float32' ? z : graph.node('Cast', [z], { to: { int: 1 } });
  const values = Float32Array.from({ length: 4 * 108 }, (_, i) => Math.sin(1 + i));
  const product = graph.node('MatMul', [single, graph.initializer('weights', values, [4, 108])]);
  const scale = graph.initializer('scale', Float32Array.of(shape.scale ?? 1));
  const scaled = graph.node('Mul', [graph.node('Sigmoid', [product]), scale]);
  const image = graph.initializer('shape', BigInt64Array.of(-1n, 3n, 6n, 6n));
  graph.output(graph.node('Reshape', [scaled, image], {}, 'images'), 'float32', imageDims);
  return written(path, graph, { ...plainDescription, ...description });
}

/**
 * A generator whose images are given: class i is image i, and latents count for nothing.
 *
 * @param images uint8 [count, side, side, 3]
 */
export function storedGenerator(path: string, images: Uint8Array, side: number): string {
  const graph = new GraphBuilder('stored images');
  const count = images.length / (3 * side * side);
  const z = graph.input('z', 'float32', ['N', 1]);
  const y = graph.input('y', 'int64', ['N']);
  const all = graph.initializer('all', images, [count, side, side, 3]);
  const floats = graph.node('Cast', [graph.node('Gather', [all, y])], { to: { int: 1 } });
  const none = graph.node('Mul', [z, graph.initializer('none', Float32Array.of(0))]);
  const shape = graph.initializer('shape', BigInt64Array.of(-1n, 1n, 1n, 1n));
  const sum = graph.node('Add', [floats, graph.node('Reshape', [none, shape])], {}, 'images');
  graph.output(sum, 'float32', ['N', side, side, 3]);
  return written(path, graph, {
    format: generatorFormat,
    latent: { name: 'z', shape: [1], distribution: 'normal' },
    classes: { name: 'y', count, labels: 'balanced' },
    output: { name: 'images', layout: 'NHWC', range: [0, 255] },
  });
}

function written(path: string, graph: GraphBuilder, description: object): string {
  writeFileSync(path, graph.encode());
  writeFileSync(descriptionPath(path), JSON.stringify(description));
  return path;
}

export type Description = GeneratorDescription;
