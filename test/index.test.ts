import { describe, expect, it } from 'vitest';
import * as api from '../src/index.ts';
import { diagonalStatistics } from './metrics/gaussians.ts';

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
});
