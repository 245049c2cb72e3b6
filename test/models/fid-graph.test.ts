import { describe, expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { givesFeatures } from './hashed-modes.ts';
import { constant, hashedWeights } from './hashed-weights.ts';

describe('the FID Inception of hashed weights', () => {
  const weights = hashedWeights();

  givesFeatures(['legacy_tensorflow']);

  it('takes no weights with a tensor more', () => {
    const tensors = new Map(weights.tensors).set('AuxLogits.fc.bias', constant([1000]));
    const refused = () => fidGraph({ ...weights, tensors }, 'clean', {});
    expect(refused).toThrow('unexpected tensor "AuxLogits.fc.bias"');
  });

  it('has 94 convolutions, 8 average pools and 5 max pools, and no classifier', () => {
    const { graph } = decodeModel(fidGraph(weights, 'clean', {}));
    const count = (type: string) => graph.node.filter(({ opType }) => opType === type).length;
    expect(count('Conv')).toBe(94);
    expect(count('AveragePool')).toBe(8);
    expect(count('MaxPool')).toBe(5);
    expect(count('BatchNormalization') + count('Gemm')).toBe(0);
  });
});
