import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import {
  distanceOfFeatures,
  momentsOfFeatures,
  referenceOfFeatures,
  statisticsOfFeatures,
  subtractRow,
} from '../../src/metrics/features.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';
import { featuresOf } from './feature-pools.ts';
import { randomRows } from './gaussians.ts';

const algebra = fastAlgebra(1);

describe('momentsOfFeatures', () => {
  // Around one block of 2048 rows, and two.
  it.each([2, 2047, 2048, 2049, 4097])('reads all of %i rows, once each', async (rows) => {
    const x = randomRows(rows, 4, rows);
    const expected = plainMoments(x);
    const moments = await momentsOfFeatures(featuresOf(x), algebra);
    expect(moments.count).toBe(rows);
    expect(largestDifference(moments.mean, expected.mean)).toBeLessThan(1e-13);
    expect(largestDifference(moments.covariance.data, expected.covariance)).toBeLessThan(1e-13);
  });

  it('keeps its digits far from the origin', async () => {
    const x = randomRows(3000, 4, 'far');
    const far = { ...x, data: x.data.map((value) => value + 2 ** 20) };
    const here = await momentsOfFeatures(featuresOf(x), algebra);
    const there = await momentsOfFeatures(featuresOf(far), algebra);
    // Adding 2²⁰ rounds each value to 2⁻³²; the covariance must not lose more than that.
    expect(largestDifference(there.covariance.data, here.covariance.data)).toBeLessThan(1e-9);
  });

  it('refuses fewer than two rows, naming the set', async () => {
    const one = { ...featuresOf(randomRows(1, 4, 'one')), path: 'one.npy' };
    const reference = await referenceOfFeatures(featuresOf(randomRows(9, 4, 'nine')), algebra);
    for (const attempt of [
      momentsOfFeatures(one, algebra),
      statisticsOfFeatures(one),
      referenceOfFeatures(one, algebra),
      distanceOfFeatures(reference, one, algebra),
    ]) {
      await expect(attempt).rejects.toThrow(StudyError);
      await expect(attempt).rejects.toThrow('one.npy has 1 row');
    }
  });
});

describe('distanceOfFeatures', () => {
  it.each([
    [20, 20],
    [20, 6],
    [6, 20],
    [6, 5],
    [8, 8],
  ])('of %i and %i rows in 8 dimensions equals the distance of their statistics', async (m, n) => {
    const [x, y] = [randomRows(m, 8, 'x'), randomRows(n, 8, 'y')];
    const reference = await referenceOfFeatures(featuresOf(x), algebra);
    const terms = await distanceOfFeatures(reference, featuresOf(y), algebra);
    const expected = await frechetDistance(plainMoments(x), plainMoments(y), algebra);
    const bound = Math.min(m, n) > 8 ? 1e-13 : 1e-6;
    expect(Math.abs(terms.distance - expected.distance)).toBeLessThan(bound);
    expect(Math.abs(terms.meanTerm - expected.meanTerm)).toBeLessThan(1e-13);
  });

  it('is symmetric even below full rank, where statistics lose digits', async () => {
    const [x, y] = [randomRows(6, 8, 'x'), randomRows(5, 8, 'y')].map(featuresOf);
    const there = await distanceOfFeatures(await referenceOfFeatures(x!, algebra), y!, algebra);
    const back = await distanceOfFeatures(await referenceOfFeatures(y!, algebra), x!, algebra);
    expect(Math.abs(there.distance - back.distance)).toBeLessThan(1e-13);
  });

  it.each([5, 8, 9, 40])('of %i rows and themselves is zero', async (rows) => {
    const x = featuresOf(randomRows(rows, 8, 'x'));
    const { distance } = await distanceOfFeatures(
      await referenceOfFeatures(x, algebra),
      x,
      algebra,
    );
    expect(Math.abs(distance)).toBeLessThan(1e-13);
  });
});

describe('subtractRow', () => {
  it('subtracts in place, from the first rows only', () => {
    const rows = Float64Array.of(1, 2, 3, 4, 5, 6);
    subtractRow(rows, Float64Array.of(1, 1), 2);
    expect(rows).toEqual(Float64Array.of(0, 1, 2, 3, 5, 6));
  });
});
