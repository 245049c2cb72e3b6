import { describe, expect, it } from 'vitest';
import { intervalShift } from '../../src/theory/interval-shift.ts';
import { Z95 } from '../../src/theory/normal.ts';
import { draws } from '../estimators/both-sides.ts';

describe('the shift', () => {
  it.each(['power-law-1.25', 'relu'] as const)(
    'has the slope of the variance on the estimate: %s',
    async (name) => {
      const dimension = 24;
      const found = await draws({
        name,
        same: false,
        dimension,
        generated: 5,
        reference: 5,
        repetitions: 100,
      });
      const errors = found.map(({ estimates, truth }) => estimates.at(-1)!.estimate - truth);
      const variances = found.map(({ estimates }) => estimates.at(-1)!.se! ** 2);
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      const [error, variance] = [mean(errors), mean(variances)];
      const slope =
        mean(errors.map((each, i) => (each - error) * (variances[i]! - variance))) /
        mean(errors.map((each) => (each - error) ** 2));
      // (z² + 1) Q/V of a slope of 4 Q/V. The slope of 100 draws is known to a fifth.
      const predicted =
        (4 * mean(found.map(({ shared }) => intervalShift(shared)))) / (Z95 ** 2 + 1);
      expect(predicted / slope).toBeGreaterThan(0.55);
      expect(predicted / slope).toBeLessThan(1.8);
    },
  );
});
