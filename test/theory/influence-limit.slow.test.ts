import { describe, expect, it } from 'vitest';
import { discrepancy, powerLaw } from '../../src/surrogates/spectrum.ts';
import { commutingVarianceConstant } from '../../src/theory/gaussian-moments.ts';
import { influenceLimit } from '../../src/theory/influence-limit.ts';
import { draws } from '../estimators/both-sides.ts';

const d = 48;
const share = (0.013 / 2) * d;

describe('the upper limit of σ²', () => {
  it.each([
    [2.4, 2.4],
    [12, 24],
  ])(
    'at N = %f d, M = %f d is above it in 95 of 100 pilots, which differ by more than half of it',
    async (generated, reference) => {
      const spectrum = powerLaw(d, 0.8, d);
      const { variances, offset } = discrepancy(spectrum, share, share, 1);
      const truth = commutingVarianceConstant(spectrum, variances, offset);
      const found = await draws(
        {
          name: 'power-law-0.8',
          same: false,
          dimension: d,
          generated,
          reference,
          repetitions: 20,
        },
        ['plug-in'],
      );
      const limits = found.map(({ shared }) => influenceLimit(shared));
      const estimates = found.map(({ shared }) => shared.variance.first);
      // One-sided; the Monte-Carlo error over 20 pilots is 5 %.
      expect(limits.filter((limit) => limit > truth).length).toBeGreaterThanOrEqual(17);
      const spread = Math.max(...estimates) - Math.min(...estimates);
      expect(spread / truth).toBeGreaterThan(0.5);
      // It tells: not so far above that it says nothing.
      const median = limits.sort((a, b) => a - b)[10]!;
      expect(median / truth).toBeLessThan(generated > 10 ? 4 : 20);
    },
  );
});
