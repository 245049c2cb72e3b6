import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { spectralDistanceOfFeatures } from '../../src/metrics/features.ts';
import { spectralDistanceOfStatistics } from '../../src/metrics/frechet-distance.ts';
import { referenceOfRows, referenceOfStatistics } from '../../src/metrics/reference.ts';
import { distanceBias } from '../../src/theory/distance-bias.ts';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import { diagonalStatistics, randomRows } from '../metrics/gaussians.ts';

const algebra = fastAlgebra(1);

function featuresOf({ data, rows, columns }: ReturnType<typeof randomRows>) {
  return {
    rows,
    dimension: columns,
    readBlock: (start: number, count: number, out: Float64Array) =>
      out.set(data.subarray(start * columns, (start + count) * columns)),
  };
}

describe('distanceBias', () => {
  it('is d²/4 + 5d/4 over N on both sides of equal white Gaussians', async () => {
    const d = 6;
    const ones = diagonalStatistics(Array(d).fill(0), Array(d).fill(1));
    const distance = await spectralDistanceOfStatistics(
      await referenceOfStatistics(ones, algebra),
      ones,
      algebra,
    );
    const bias = distanceBias(distance, { generated: 100, reference: 1000 });
    const constant = (d * d + 5 * d) / 4;
    expect(bias.constantGenerated).toBeCloseTo(constant, 10);
    expect(bias.generated).toBeCloseTo(constant / 100, 12);
    expect(bias.reference).toBeCloseTo(constant / 1000, 12);
    const unknown = distanceBias(distance, { generated: null, reference: null });
    expect([unknown.generated, unknown.reference]).toEqual([null, null]);
  });

  it('has the traces of each side in its constant', async () => {
    const reference = diagonalStatistics([0, 0], [1, 4]);
    const distance = await spectralDistanceOfStatistics(
      await referenceOfStatistics(reference, algebra),
      diagonalStatistics([1, 0], [9, 1]),
      algebra,
    );
    const bias = distanceBias(distance, { generated: 10, reference: 10 });
    expect(bias.constantGenerated - bias.constantReference).toBeCloseTo(10 - 5, 10);
    expect(bias.constantGenerated).toBeCloseTo(gaussianBiasConstant(10, Float64Array.of(3, 2)), 10);
  });

  it('is the same from the Gram matrix of few rows as from their covariance', async () => {
    const x = featuresOf(randomRows(5, 8, 'few'));
    const reference = referenceOfRows(randomRows(7, 8, 'reference'));
    const { terms, roots } = await spectralDistanceOfFeatures(reference, x, algebra);
    const sum = roots.reduce((total, root) => total + root, 0);
    expect(sum).toBeCloseTo(terms.traceSqrt, 10);
    expect(roots.filter((root) => root > 1e-6)).toHaveLength(4);
  });
});
