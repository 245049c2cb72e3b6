import type { Metric } from '../metric.ts';
import { CLOSED, crossingsOf } from '../pairs/pairs.ts';
import { share } from '../pairs/share.ts';

/**
 * Precision (Kynkäänniemi et al. 2019): the share of generated rows in any closed ball around a
 * reference row, up to its third neighbour among the references.
 */
export const precision: Metric = {
  name: 'precision',
  title: 'precision',
  needs: ['rows'],
  pairs: 'balls',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'unbiased',
  bias: 'none in N; it moves with the references M, whose balls shrink as M grows',
  leastRows: CLOSED + 1,
  async value(draw, reference, context) {
    const crossings = await crossingsOf(draw, reference, context, CLOSED);
    return share(crossings.isCovered);
  },
};
