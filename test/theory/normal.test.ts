import { describe, expect, it } from 'vitest';
import { normalTail } from '../../src/theory/normal.ts';

describe('normalTail', () => {
  it('is the upper tail of a standard normal, far out too', () => {
    // scipy.stats.norm.sf
    const values = [
      [0, 0.5],
      [1, 0.15865525393145707],
      [1.959963984540054, 0.025],
      [2.999, 0.0013543365337271057],
      [3, 0.0013498980316300933],
      [6, 9.865876450376946e-10],
      [20, 2.7536241186061556e-89],
    ] as const;
    for (const [z, expected] of values) {
      expect(Math.abs(normalTail(z) / expected - 1)).toBeLessThan(1e-11);
      expect(normalTail(-z)).toBeCloseTo(1 - expected, 14);
    }
  });
});
