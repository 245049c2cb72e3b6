import type { Metric } from '../metric.ts';
import { crossingsOf, OPEN } from '../pairs/pairs.ts';

/**
 * Density (Naeem et al. 2020): how many open balls around reference rows, up to their fifth neighbour,
 * hold a generated row, divided by 5. 1 for equal distributions; it has no upper bound.
 */
export const density: Metric = {
  name: 'density',
  title: 'density',
  needs: ['rows'],
  pairs: 'balls',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'unbiased',
  bias: 'none in N; it depends on the number of references M',
  leastRows: OPEN + 1,
  async value(draw, reference, context) {
    const crossings = await crossingsOf(draw, reference, context, OPEN);
    return crossings.counts.reduce((sum, count) => sum + count, 0) / (OPEN * draw.rows);
  },
};
