import { describe, expect, it } from 'vitest';
import { distanceOfStatistics } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { gaussianSecondVariance } from '../../src/theory/gaussian-moments.ts';
import { performance } from '../../src/theory/performance.ts';
import { mean } from '../../src/theory/statistics.ts';
import { prefix } from '../../src/theory/subsets.ts';
import {
  combinationVariance,
  givenReference,
  type VarianceModel,
} from '../../src/theory/variance.ts';
import { plainAlgebra, plainMoments, randomMatrix } from '../linalg/plain.ts';

const [d, N, M] = [8, 300, 300];
const [references, draws] = [60, 100];

describe('the variance of FID against one finite reference', () => {
  it('is that of simulation at P = Q: 2τ²(1/N² + 2/(NM)), without the reference’s own 2τ²/M²', async () => {
    const variances: number[] = [];
    for (let j = 0; j < references; j++) {
      const real = plainMoments(randomMatrix(M, d, 'given reference', j));
      const reference = await referenceOfStatistics(real, plainAlgebra);
      const fids: number[] = [];
      for (let i = 0; i < draws; i++) {
        const sample = plainMoments(randomMatrix(N, d, 'given draw', j, i));
        fids.push((await distanceOfStatistics(reference, sample, plainAlgebra)).distance);
      }
      variances.push(performance(fids, 0).variance.value!);
    }
    const model: VarianceModel = {
      first: 0,
      diagonal: 0,
      covariance: 0,
      reference: 0,
      referenceRows: M,
      second: gaussianSecondVariance(d, new Float64Array(d).fill(1)),
      referenceSecond: gaussianSecondVariance(d, new Float64Array(d).fill(1)),
    };
    const one = [{ weight: 1, subset: prefix(N) }];
    const theory = combinationVariance(givenReference(model), one);
    const mcse = performance(variances, 0).empirical_se.value! / Math.sqrt(references);
    const simulated = mean(variances);
    expect(Math.abs(simulated - theory)).toBeLessThan(3.5 * mcse + 0.04 * theory);
    // A third more, with what the reference has by itself.
    expect(combinationVariance(model, one) - simulated).toBeGreaterThan(4 * mcse);
  });
});
