import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, variance } from '../../src/theory/statistics.ts';

describe('median', () => {
  it('is in the middle, in any order, and between the two of an even number', () => {
    expect(median([10, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 3])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });

describe('variance', () => {
  it('divides by n − 1, and one value has none', () => {
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 14);
    expect(variance([5])).toBeNull();
    expect(variance([5, 5])).toBe(0);
  });

  it('does not change under a shift, and scales as a square', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -100, max: 100 }), (list, shift) => {
        const s2 = variance(list)!;
        expect(variance(list.map((value) => value + shift))).toBeCloseTo(s2, 6);
        expect(variance(list.map((value) => value * 4))).toBeCloseTo(16 * s2, 6);
      }),
    );
  });
});
