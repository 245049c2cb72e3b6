import { describe, expect, it } from 'vitest';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { stream } from '../../src/random/stream.ts';
import { drawWithoutReplacement } from '../../src/random/subsample.ts';
import { performance } from '../../src/theory/performance.ts';
import { FEATURES, goldenRows, lacksGolden } from '../golden.ts';
import { featuresOf } from '../metrics/feature-pools.ts';

const algebra = fastAlgebra(1);
/** The first coordinates of Inception's features of CIFAR-10's 10,000 test images. */
const [d, images] = [96, 10_000];
const repetitions = 30;

function rowsAt({ data, columns }: Matrix, rows: Uint32Array) {
  const some = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    some.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return featuresOf({ data: some, rows: rows.length, columns });
}

describe.skipIf(lacksGolden(FEATURES))('two disjoint draws of real features', () => {
  it.each([
    [2.4, 2.4],
    [5, 5],
    [2.4, 12],
  ])('have FID 0 at infinity: N = %f d, M = %f d', async (generated, reference) => {
    const population = goldenRows(0, images, d);
    const [n, m] = [Math.round(generated * d), Math.round(reference * d)];
    const errors: number[] = [];
    let [hits, plugIn] = [0, 0];
    for (let seed = 0; seed < repetitions; seed++) {
      const order = drawWithoutReplacement(images, n + m, stream('golden halves', seed, n, m));
      const real = rowsAt(population, order.subarray(n));
      const { estimates } = await estimatePool(
        rowsAt(population, order.subarray(0, n)),
        await referenceOfFeatures(real, algebra),
        {
          estimators: estimatorsNamed(['plug-in', 'random-matrix-rows']),
          seed: null,
          algebra,
          referenceFeatures: real,
        },
      );
      const [whole, found] = estimates;
      plugIn += whole!.estimate / repetitions;
      errors.push(found!.estimate);
      if (found!.lower! <= 0 && found!.upper! >= 0) hits++;
    }
    const { bias } = performance(errors, 0);
    // By the form divided by 1 − leverage it was −18 to −49 % of the plug-in.
    expect(Math.abs(bias.value)).toBeLessThan(0.03 * plugIn + 2.5 * bias.mcse!);
    // The Monte-Carlo error of 95 % over 30 draws is 4 %.
    expect(hits / repetitions).toBeGreaterThanOrEqual(0.86);
  });
});
