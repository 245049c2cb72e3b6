import { frechetOfRows } from '../frechet-of-rows.ts';
import type { Metric } from '../metric.ts';
import { requireSamples } from '../pairs/require.ts';
import { required } from '../required.ts';

/**
 * sFID (Nash et al. 2021): the Fréchet distance of spatial features, the first 7 channels of 17 × 17 in
 * mixed_6 of the FID Inception, as ADM's evaluator computes it.
 */
export const sfid: Metric = {
  name: 'sfid',
  title: 'sFID',
  needs: ['spatial'],
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  inN: 'limit',
  bias: 'too high by about C/N + C/M, like FID',
  leastRows: 2,
  async value(draw, reference, { algebra }) {
    const [x, y] = [required(draw, 'spatial'), required(reference, 'spatial')];
    requireSamples(x, y, 2, 'a covariance');
    return frechetOfRows(x, y, algebra);
  },
};
