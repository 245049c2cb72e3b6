import type { Metric } from '../metric.ts';
import { crossingsOf } from '../pairs/pairs.ts';

/**
 * AuthPct (Alaa et al. 2022): the percentage of generated rows that are further from their nearest
 * reference, taken as training image, than that reference is from its own nearest neighbour.
 */
export const authpct: Metric = {
  name: 'authpct',
  title: 'AuthPct',
  needs: ['rows'],
  pairs: 'balls',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'unbiased',
  bias: 'none in N; it depends on the number of references M',
  leastRows: 2,
  async value(draw, reference, context) {
    const { crossings, ofReference } = await crossingsOf(draw, reference, context, 1);
    const { distances, nearest } = crossings.nearest();
    let authentic = 0;
    for (const [row, distance] of distances.entries()) {
      if (ofReference.distances[nearest[row]! * ofReference.k]! < distance) authentic++;
    }
    return (100 * authentic) / draw.rows;
  },
};
