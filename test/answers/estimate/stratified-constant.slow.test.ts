import { describe, expect, it } from 'vitest';
import { estimateFid } from '../../../src/answers/estimate/estimate-fid.ts';
import { referenceOfStatistics } from '../../../src/metrics/reference.ts';
import { performance } from '../../../src/theory/performance.ts';
import { plainAlgebra as algebra, randomMatrix } from '../../linalg/plain.ts';
import { featuresOf } from '../../metrics/feature-pools.ts';
import { diagonalStatistics } from '../../metrics/gaussians.ts';

const [d, rows, repetitions] = [4, 320, 40];
const classes = Uint32Array.from({ length: rows }, (_, i) => i % (2 * d));
const reference = await referenceOfStatistics(
  diagonalStatistics(new Float64Array(d), new Float64Array(d).fill(1)),
  algebra,
);

/** As many images of each of 2d classes, with half of the variance between them: P = Q = I. */
function balanced(seed: number) {
  const x = randomMatrix(rows, d, 'balanced', seed);
  for (let k = 0; k < x.data.length; k++) x.data[k]! *= Math.SQRT1_2;
  for (const [i, label] of classes.entries()) {
    x.data[i * d + (label >> 1)]! += Math.sqrt(d / 2) * (label % 2 ? 1 : -1);
  }
  return featuresOf(x);
}
const options = { sizes: [], referenceRows: null, algebra };

describe('C of a set with fixed shares of its classes', () => {
  it('is what the FID of such sets has for bias, where that of independent images is too large', async () => {
    const [found, independent, fids]: number[][] = [[], [], []];
    for (let seed = 0; seed < repetitions; seed++) {
      const set = { kind: 'features', features: balanced(seed) } as const;
      const { fid, infinity, constant } = await estimateFid(set, reference, {
        ...options,
        classes,
      });
      // One bias, as FID and FID at infinity have it.
      expect(constant.stratified!.value / rows).toBeCloseTo(fid - infinity!.estimate, 10);
      found!.push(constant.stratified!.value);
      independent!.push(constant.fourth!.value);
      // FID at infinity is 0.
      fids!.push(rows * fid);
    }
    const truth = performance(fids!, 0).mean;
    const byDraws = performance(found!, 0);
    const error = Math.hypot(byDraws.mean.mcse!, truth.mcse!);
    expect(Math.abs(byDraws.mean.value - truth.value)).toBeLessThan(3 * error);
    expect(performance(independent!, 0).mean.value).toBeGreaterThan(1.3 * truth.value);
  });

  it('is not known by a method that takes images for independent, nor without classes', async () => {
    const set = { kind: 'features', features: balanced(0) } as const;
    const methods = ['analytic-fourth-2'];
    expect((await estimateFid(set, reference, options)).constant.stratified).toBeNull();
    const { constant } = await estimateFid(set, reference, { ...options, classes, methods });
    expect(constant.stratified).toBeNull();
  });
});
