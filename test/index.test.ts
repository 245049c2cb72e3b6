import { describe, expect, it } from 'vitest';
import * as api from '../src/index.ts';
import { featuresOf } from './metrics/feature-pools.ts';
import { diagonalStatistics, randomRows } from './metrics/gaussians.ts';

describe('the public API', () => {
  it('computes the distance of its own example', async () => {
    const { distance } = await api.frechetDistance(
      diagonalStatistics([0, 0], [1, 1]),
      diagonalStatistics([1, 0], [4, 1]),
    );
    expect(distance).toBeCloseTo(2, 14);
  });

  it('throws a StudyError that users can tell from others', async () => {
    const two = diagonalStatistics([0, 0], [1, 1]);
    const one = diagonalStatistics([0], [1]);
    await expect(api.frechetDistance(two, one)).rejects.toThrow(api.StudyError);
  });

  it('estimates FID at infinity from features and statistics in memory', async () => {
    const x = randomRows(60, 3, 'x');
    const real = await api.statisticsOfFeatures(featuresOf(randomRows(50, 3, 'real')));
    const reference = await api.referenceOfStatistics(real, api.fastAlgebra(1));
    const generated = { kind: 'features', features: featuresOf(x) } as const;
    const options = { sizes: [30, 600], referenceRows: real.rows };
    const { fid, infinity, predictions } = await api.estimateFid(generated, reference, options);
    expect(infinity!.estimate).toBeLessThan(fid);
    expect(predictions.map(({ size }) => size)).toEqual([30, 600]);
  });
});
