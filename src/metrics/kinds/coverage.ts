import type { Metric } from '../metric.ts';
import { crossingsOf, OPEN } from '../pairs/pairs.ts';
import { share } from '../pairs/share.ts';

/**
 * Coverage (Naeem et al. 2020): the share of reference rows whose open ball, up to the fifth neighbour,
 * holds any generated row. For equal distributions and N = M it is about 1 − 2⁻⁵.
 */
export const coverage: Metric = {
  name: 'coverage',
  title: 'coverage',
  needs: ['rows'],
  pairs: 'balls',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'no-limit',
  bias: 'it rises with N/M to 1: more images hit more balls',
  leastRows: OPEN + 1,
  async value(draw, reference, context) {
    const crossings = await crossingsOf(draw, reference, context, OPEN);
    return share(crossings.isHit);
  },
};
