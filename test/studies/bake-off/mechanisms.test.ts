import { describe, expect, it } from 'vitest';
import { momentsOfFeatures } from '../../../src/metrics/features.ts';
import { frechetDistance } from '../../../src/metrics/frechet-distance.ts';
import { mechanism, mechanismNames } from '../../../src/studies/bake-off/mechanisms.ts';
import { plainAlgebra as algebra } from '../../linalg/plain.ts';

const d = 6;
const rows = 20_000;

describe.each(mechanismNames)('the surrogate %s', (name) => {
  it.each([true, false])('has the moments and the FID it says (P = Q: %s)', async (same) => {
    const { reference, truth, draw } = await mechanism(name, same, d, algebra);
    const { mean, covariance } = await momentsOfFeatures(draw(rows, ['moments']), algebra);
    const q = await algebra.gemm.multiply(reference.factor, reference.factor, {
      transposeB: true,
    });
    const { distance } = await frechetDistance(
      { mean: reference.mean, covariance: q.data },
      { mean, covariance: covariance.data },
      algebra,
    );
    expect(reference.trace).toBeCloseTo(d, 10);
    expect(truth).toBeCloseTo(same ? 0 : 0.013 * d, 12);
    // Far beyond chance: C/N is about 0.001, the spread at P ≠ Q about 0.003.
    expect(Math.abs(distance - truth)).toBeLessThan(0.012);
  });

  it('gives the same rows again, in blocks of any size', async () => {
    const { draw } = await mechanism(name, false, d, algebra);
    const pool = draw(10, ['again']);
    const whole = new Float64Array(10 * d);
    pool.readBlock(0, 10, whole);
    const parts = new Float64Array(10 * d);
    pool.readBlock(0, 4, parts);
    pool.readBlock(4, 6, parts.subarray(4 * d));
    expect(parts).toEqual(whole);
    // From anywhere: rows before it are drawn anew, those between are passed over.
    for (const [start, count] of [
      [3, 2],
      [8, 2],
      [0, 1],
    ] as const) {
      const some = new Float64Array(count * d);
      pool.readBlock(start, count, some);
      expect(some).toEqual(whole.subarray(start * d, (start + count) * d));
    }
  });
});
