import { describe, expect, it } from 'vitest';
import { plugIn } from '../../src/estimators/plug-in.ts';
import { rtd } from '../../src/estimators/rtd.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { mechanism } from '../../src/studies/bake-off/mechanisms.ts';

describe('RTD', () => {
  it('breaks at 10,000 images of 2,048 dimensions and is good at 50,000, as published', async () => {
    const [dimension, repetitions] = [24, 16];
    const fast = fastAlgebra(1);
    const surrogate = await mechanism('isotropic', true, dimension, fast);
    // RMSE over the plug-in's with as many images a dimension: 28, 0.28 and 0.13 in the paper.
    const shareAt = async (images: number) => {
      let [squares, ofPlugIn] = [0, 0];
      for (let seed = 0; seed < repetitions; seed++) {
        const rows = surrogate.draw(Math.round((images * dimension) / 2048), ['rtd', seed]);
        const run = { estimators: [plugIn, rtd()], algebra: fast, seed: null };
        const { estimates } = await estimatePool(rows, surrogate.reference, run);
        ofPlugIn += estimates[0]!.estimate ** 2;
        squares += estimates[1]!.estimate ** 2;
      }
      return Math.sqrt(squares / ofPlugIn);
    };
    expect(await shareAt(10_000)).toBeGreaterThan(1.5);
    expect(await shareAt(20_000)).toBeLessThan(0.6);
    expect(await shareAt(50_000)).toBeLessThan(0.2);
  });
});
