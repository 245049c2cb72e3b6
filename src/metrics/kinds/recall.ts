import type { Metric } from '../metric.ts';
import { CLOSED, crossingsOf } from '../pairs/pairs.ts';
import { share } from '../pairs/share.ts';

/**
 * Recall (Kynkäänniemi et al. 2019): the share of reference rows in any closed ball around a generated
 * row, up to its third neighbour among the generated.
 */
export const recall: Metric = {
  name: 'recall',
  title: 'recall',
  needs: ['rows'],
  pairs: 'balls',
  better: 'higher',
  isSymmetric: false,
  usesReference: true,
  inN: 'no-limit',
  bias: 'it moves with N: balls shrink as their number grows',
  leastRows: CLOSED + 1,
  async value(draw, reference, context) {
    const crossings = await crossingsOf(draw, reference, context, CLOSED);
    return share(crossings.isRecalled);
  },
};
