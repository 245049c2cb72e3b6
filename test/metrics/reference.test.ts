import { describe, expect, it } from 'vitest';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import {
  featureGeometry,
  type Reference,
  referenceOfRows,
  referenceOfStatistics,
} from '../../src/metrics/reference.ts';
import { largestDifference, trace } from '../linalg/matrices.ts';
import { plainAlgebra, plainGemm, plainMoments } from '../linalg/plain.ts';
import { diagonalStatistics, randomRows } from './gaussians.ts';

const product = async ({ factor }: Reference) =>
  (await plainGemm.multiply(factor, factor, { transposeB: true })).data;

describe.each([
  ['fast', sharedAlgebra()],
  ['plain', plainAlgebra],
])('referenceOfStatistics by the %s linear algebra', (_, algebra) => {
  it.each([
    [40, 12, 12],
    [13, 12, 12],
    [5, 12, 4],
    [2, 12, 1],
  ])('factors the covariance of %i rows in %i dimensions: rank %i', async (rows, d, rank) => {
    const { mean, covariance } = plainMoments(randomRows(rows, d, 'reference'));
    const reference = await referenceOfStatistics({ mean, covariance }, algebra);
    expect(reference.factor).toMatchObject({ rows: d, columns: rank });
    expect(largestDifference(await product(reference), covariance)).toBeLessThan(1e-13);
    expect(reference.trace).toBeCloseTo(trace(covariance, d), 14);
    expect(reference.mean).toEqual(mean);
  });

  it('leaves out coordinates without variance', async () => {
    const statistics = diagonalStatistics([1, 2, 3, 4], [4, 0, 9, 0]);
    const reference = await referenceOfStatistics(statistics, algebra);
    expect(reference.factor).toMatchObject({ rows: 4, columns: 2 });
    expect(largestDifference(await product(reference), statistics.covariance)).toBeLessThan(1e-14);
  });
});

describe('referenceOfRows', () => {
  it.each([2, 5, 12, 13])(
    'has the covariance of its %i rows as the square of its factor',
    async (rows) => {
      const x = randomRows(rows, 12, 'rows');
      const { mean, covariance } = plainMoments(x);
      const reference = referenceOfRows(x);
      expect(reference.factor).toMatchObject({ rows: 12, columns: rows - 1 });
      expect(largestDifference(reference.mean, mean)).toBeLessThan(1e-15);
      expect(largestDifference(await product(reference), covariance)).toBeLessThan(1e-14);
      expect(reference.trace).toBeCloseTo(trace(covariance, 12), 13);
    },
  );
});

describe('featureGeometry', () => {
  it('sees features as they are, from the mean of the reference', () => {
    const reference = referenceOfRows(randomRows(5, 3, 'geometry'));
    expect(featureGeometry(reference)).toEqual({
      dimension: 3,
      offset: new Float64Array(3),
      map: { kind: 'identity' },
      whitened: { kind: 'dense', matrix: reference.factor },
      traceReference: reference.trace,
    });
  });
});
