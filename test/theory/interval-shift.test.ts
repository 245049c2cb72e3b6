import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalShift, shiftedEnds } from '../../src/theory/interval-shift.ts';
import { Z95 } from '../../src/theory/normal.ts';
import { draws } from '../estimators/both-sides.ts';

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe('the ends of a shifted interval', () => {
  it('are symmetric without a shift, and mirrored with one that is negative', () => {
    expect(shiftedEnds(2, 0)).toEqual({ below: 2 * Z95, above: 2 * Z95 });
    fc.assert(
      fc.property(positive, positive, (se, shift) => {
        const { below, above } = shiftedEnds(se, shift);
        expect(shiftedEnds(se, -shift)).toEqual({ below: above, above: below });
      }),
    );
  });

  it('have the estimate between them, and are longer upwards for a positive shift', () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 0, max: 100, noNaN: true }), (se, ratio) => {
        const { below, above } = shiftedEnds(se, ratio * se);
        expect(below).toBeGreaterThan(0);
        expect(above).toBeGreaterThanOrEqual(Z95 * se);
        expect(below).toBeLessThanOrEqual(Z95 * se);
      }),
    );
  });

  it('move by the shift upwards and by half of it downwards, to first order', () => {
    const { below, above } = shiftedEnds(1, 1e-4);
    expect(above - Z95).toBeCloseTo(1e-4, 8);
    expect(Z95 - below).toBeCloseTo(0.5e-4, 8);
  });
});

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
