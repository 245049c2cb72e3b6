import { describe, expect, it } from 'vitest';
import { cifar10 } from '../../../src/images/datasets/cifar10.ts';

describe('cifar10', () => {
  it('is pinned to the official archive', () => {
    const { description, digest, bytes, byHand } = cifar10.source;
    const sha256 = 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd';
    expect(digest.algorithm).toBe('sha256');
    expect(Buffer.from(digest.base64, 'base64').toString('hex')).toBe(sha256);
    expect(bytes).toBe(170_052_171);
    expect(description).toContain('https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz');
    for (const part of ['https://www.cs.toronto.edu/~kriz/', sha256, 'data pull cifar10 --from']) {
      expect(byHand).toContain(part);
    }
  });

  it('has five batches to train and one to test, each of its own hash', () => {
    const { train, test } = cifar10.splits;
    expect(train?.map(({ member }) => member)).toEqual(
      [1, 2, 3, 4, 5].map((n) => `cifar-10-batches-bin/data_batch_${n}.bin`),
    );
    expect(test).toMatchObject([{ member: 'cifar-10-batches-bin/test_batch.bin' }]);
    const hashes = [...train!, ...test!].map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(6);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
