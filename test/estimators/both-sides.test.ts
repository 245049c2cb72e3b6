import { describe, expect, it } from 'vitest';
import { oddRows } from '../../src/theory/odd-rows.ts';
import { draws } from './both-sides.ts';

const d = 48;
const few = { same: true, dimension: d, generated: 2.4, reference: 2.4, repetitions: 24 };

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
