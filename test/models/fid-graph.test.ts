import { describe, expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import type { FidMode } from '../../src/models/fid-preprocessing.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { differences, lastRows, worstOf } from './feature-differences.ts';
import { constant, hashedPicture, hashedWeights } from './hashed-weights.ts';

const dimension = 2048;

describe('the FID Inception of hashed weights', () => {
  const weights = hashedWeights();
  const pictures = [
    { name: 'small', height: 24, width: 40, data: hashedPicture('small', 24, 40) },
    { name: 'large', height: 330, width: 310, data: hashedPicture('large', 330, 310) },
  ];
  // As make-fid-features.py has them.
  const modes: readonly FidMode[] = ['legacy_tensorflow', 'legacy_pytorch', 'clean'];

  let built: Uint8Array | undefined;

  it.each(modes)(
    "gives pytorch-fid's features in the mode %s",
    async (mode) => {
      const all = await lastRows(new URL('./fixtures/fid-features.npy', import.meta.url), 6);
      const first = modes.indexOf(mode) * 2 * dimension;
      const expected = all.slice(first, first + 2 * dimension);
      built = fidGraph(weights, mode, {});
      expect(worstOf(await differences(built, pictures, expected))).toBeLessThan(2e-5);
    },
    180_000,
  );

  it('takes no weights with a tensor more', () => {
    const tensors = new Map(weights.tensors).set('AuxLogits.fc.bias', constant([1000]));
    const refused = () => fidGraph({ ...weights, tensors }, 'clean', {});
    expect(refused).toThrow('unexpected tensor "AuxLogits.fc.bias"');
  });

  it('has 94 convolutions, 8 average pools and 5 max pools, and no classifier', () => {
    const { graph } = decodeModel(built ?? fidGraph(weights, 'clean', {}));
    const count = (type: string) => graph.node.filter(({ opType }) => opType === type).length;
    expect(count('Conv')).toBe(94);
    expect(count('AveragePool')).toBe(8);
    expect(count('MaxPool')).toBe(5);
    expect(count('BatchNormalization') + count('Gemm')).toBe(0);
  });
});
