import { expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import type { FidMode } from '../../src/models/fid-preprocessing.ts';
import { differences, lastRows, worstOf } from './feature-differences.ts';
import { hashedPicture, hashedWeights } from './hashed-weights.ts';

const dimension = 2048;
// As make-fid-features.py has them.
const all: readonly FidMode[] = ['legacy_tensorflow', 'legacy_pytorch', 'clean'];

/** Tests of the FID Inception of hashed weights against the features that PyTorch gave, mode by mode. */
export function givesFeatures(modes: readonly FidMode[]): void {
  const pictures = [
    { name: 'small', height: 24, width: 40, data: hashedPicture('small', 24, 40) },
    { name: 'large', height: 330, width: 310, data: hashedPicture('large', 330, 310) },
  ];
  it.each(modes)(
    "gives pytorch-fid's features in the mode %s",
    async (mode) => {
      const rows = await lastRows(new URL('./fixtures/fid-features.npy', import.meta.url), 6);
      const first = all.indexOf(mode) * 2 * dimension;
      const expected = rows.slice(first, first + 2 * dimension);
      const built = fidGraph(hashedWeights(), mode, {});
      expect(worstOf(await differences(built, pictures, expected))).toBeLessThan(2e-5);
    },
    180_000,
  );
}
