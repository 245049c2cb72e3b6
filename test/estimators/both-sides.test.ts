import { describe, expect, it } from 'vitest';
import { oddRows } from '../../src/theory/odd-rows.ts';
import { draws, performanceOf } from './both-sides.ts';

const d = 48;
const few = { same: true, dimension: d, generated: 2.4, reference: 2.4, repetitions: 24 };

describe('the default with both sides finite, M = N = 2.4 d', () => {
  // Monte-Carlo error of a coverage of 95 % over 24 repetitions: 4.5 %.
  it.each(['isotropic', 't-reference'] as const)(
    'holds the truth of %s, with hardly a bias',
    async (name) => {
      const { coverage, bias, error } = performanceOf(await draws({ ...few, name }));
      expect(coverage).toBeGreaterThanOrEqual(21 / 24);
      // By the reference's first order alone 10 to 17 % were left; tails of the other side made it 28 %.
      expect(Math.abs(bias)).toBeLessThan(0.03 + 2.5 * error);
    },
  );

  it.each(['t-reference'] as const)('holds the truth of %s at P ≠ Q', async (name) => {
    const { coverage } = performanceOf(await draws({ ...few, name, same: false }));
    expect(coverage).toBeGreaterThanOrEqual(20 / 24);
  });
});

describe('one image far from all others', () => {
  const name = 'outlier';

  it('is named, moves the estimate no further than its interval, and is in C’s error', async () => {
    const found = await draws({ ...few, name, generated: 5, reference: 5, repetitions: 12 });
    for (const { estimates, shared, truth } of found) {
      const [odd, ...others] = oddRows(shared);
      expect(odd).toMatchObject({ side: 'generated', row: Math.floor((5 * d) / 3) });
      expect(odd!.leverage).toBeGreaterThan(0.95);
      expect(others).toEqual([]);
      const [plugIn, { estimate, constant }] = estimates as [
        (typeof estimates)[0],
        (typeof estimates)[0],
      ];
      // Divided by 1 − leverage it was far below 0: −11 where the plug-in is 0.5.
      expect(estimate).toBeGreaterThan(truth - 0.1 * plugIn.estimate);
      expect(estimate).toBeLessThan(plugIn.estimate);
      expect(constant!.chance).toBeGreaterThan(0.3 * constant!.value);
    }
  });
});
