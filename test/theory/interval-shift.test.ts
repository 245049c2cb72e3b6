import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shiftedEnds } from '../../src/theory/interval-shift.ts';
import { Z95 } from '../../src/theory/normal.ts';

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
