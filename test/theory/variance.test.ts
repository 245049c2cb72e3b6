import { describe, expect, it } from 'vitest';
import { varianceGivenReference } from '../../src/estimators/given-reference.ts';
import { prefix, withoutGroup } from '../../src/theory/subsets.ts';
import {
  combinationVariance,
  givenReference,
  type VarianceModel,
} from '../../src/theory/variance.ts';

const model: VarianceModel = {
  first: 3,
  second: 50,
  diagonal: 2,
  covariance: 0.5,
  reference: 4,
  referenceSecond: 50,
  referenceRows: 80,
};
const one = (size: number) => [{ weight: 1, subset: prefix(size) }];
const [N, M] = [100, 80];

describe('combinationVariance', () => {
  it('is σ²/N + 2γ/N² + η/N³ + σ_ref²/M + 2τ²(1/N + 1/M)² of one FID', () => {
    const expected = 3 / N + 1 / N ** 2 + 2 / N ** 3 + 4 / M + 100 * (1 / N + 1 / M) ** 2;
    expect(combinationVariance(model, one(N))).toBeCloseTo(expected, 12);
  });

  it('is without σ_ref²/M and 2τ²/M² where the reference is as it is', () => {
    const expected = 3 / N + 1 / N ** 2 + 2 / N ** 3 + 100 * (1 / N ** 2 + 2 / (N * M));
    expect(combinationVariance(givenReference(model), one(N))).toBeCloseTo(expected, 12);
    // A known reference has no part of its own to leave out.
    const known = { ...model, referenceRows: null };
    expect(combinationVariance(givenReference(known), one(N))).toBe(
      combinationVariance(known, one(N)),
    );
  });

  it('leaves out as much of every combination whose weights sum to one', () => {
    const groups = 5;
    const combination = [
      { weight: groups, subset: prefix(N) },
      ...Array.from({ length: groups }, (_, i) => ({
        weight: -(groups - 1) / groups,
        subset: withoutGroup(N, groups, i),
      })),
    ];
    const whole = combinationVariance(model, combination);
    const given = combinationVariance(givenReference(model), combination);
    expect(whole - given).toBeCloseTo(4 / M + 100 / M ** 2, 12);
    const errors = { sampling: Math.sqrt(whole), truncation: 0, tails: 0, reference: 0 };
    const estimate = { se: Math.sqrt(whole), errors };
    expect(varianceGivenReference(estimate, { variance: model })).toBeCloseTo(given, 12);
  });
});
