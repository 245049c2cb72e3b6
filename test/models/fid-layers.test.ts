import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { fidLayers } from '../../src/models/fid-layers.ts';
import { imageInput } from '../../src/models/image-input.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { constant } from './hashed-weights.ts';

type Shapes = Record<string, number[] | undefined>;

const shapes: Shapes = {
  'stem.conv.weight': [4, 3, 3, 3],
  'stem.bn.weight': [4],
  'stem.bn.bias': [4],
  'stem.bn.running_mean': [4],
  'stem.bn.running_var': [4],
  'fc.weight': [1008, 2048],
  'fc.bias': [1008],
};

/** Layers of a network of one convolution, of weights with some tensors changed. */
function layersOf(changes: Shapes) {
  const tensors = new Map(
    Object.entries({ ...shapes, ...changes }).flatMap(([name, shape]) =>
      shape ? [[name, constant(shape)] as const] : [],
    ),
  );
  const graph = new GraphBuilder('small');
  const layers = fidLayers(graph, { tensors });
  layers.convolution('stem', { value: imageInput(graph), channels: 3 }, 4, [3, 3]);
  return layers;
}

describe('fidLayers', () => {
  it('takes weights of all layers and the classifier, counted in training or not', () => {
    expect(() => layersOf({}).requireNoOthers()).not.toThrow();
    const counted = layersOf({ 'stem.bn.num_batches_tracked': [] });
    expect(() => counted.requireNoOthers()).not.toThrow();
  });

  it.each<[string, Shapes, string]>([
    ['one tensor more', { 'AuxLogits.fc.bias': [9] }, 'unexpected tensor "AuxLogits.fc.bias"'],
    [
      'several more',
      { 'other.bn.num_batches_tracked': [], 'fc2.bias': [5] },
      'unexpected tensor "other.bn.num_batches_tracked", and 1 more',
    ],
    ['a name of control characters', { '\u001b[2J': [1] }, 'unexpected tensor "\\u001b[2J"'],
    [
      'a classifier of 1000 classes',
      { 'fc.weight': [1000, 2048], 'fc.bias': [1000] },
      'tensor fc.weight is float32 [1000,2048], not float32 [1008,2048]',
    ],
    ['a bias of another', { 'fc.bias': [1000] }, 'fc.bias is float32 [1000], not float32 [1008]'],
    ['no classifier', { 'fc.weight': undefined }, 'tensor fc.weight is missing'],
  ])('refuses weights with %s', (_, changes, message) => {
    const layers = layersOf(changes);
    expect(() => layers.requireNoOthers()).toThrow(StudyError);
    expect(() => layers.requireNoOthers()).toThrow(message);
  });
});
