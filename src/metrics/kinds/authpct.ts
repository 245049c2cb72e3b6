import type { Metric } from '../metric.ts';
import { nearestOf } from '../pairs/pairs.ts';

/**
 * AuthPct (Alaa et al. 2022): the percentage of generated rows that are further from their nearest
 * reference, taken as training image, than that reference is from its own nearest neighbour.
 */
export const authpct: Metric = {
  name: 'authpct',
  title: 'AuthPct',
  needs: ['rows'],
  pairs: 'nearest',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'unbiased',
  bias: 'none in N; it depends on the number of references M',
  leastRows: 2,
  async value(draw, reference, context) {
    const { nearest, ofReference } = await nearestOf(draw, reference, context);
    let authentic = 0;
    for (const [row, distance] of nearest.distances.entries()) {
      if (ofReference.distances[nearest.indices[row]!]! < distance) authentic++;
    }
    return (100 * authentic) / draw.rows;
  },
};
