import { frechetOfRows } from '../frechet-of-rows.ts';
import type { Metric } from '../metric.ts';
import { requireSamples } from '../pairs/require.ts';

/** Fréchet Inception Distance (Heusel et al. 2017), of whatever features are given. */
export const fid: Metric = {
  name: 'fid',
  title: 'FID',
  needs: ['moments'],
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  inN: 'limit',
  bias: 'too high by about C/N + C/M',
  leastRows: 2,
  async value(draw, reference, { algebra }) {
    requireSamples(draw, reference, 2, 'a covariance');
    return frechetOfRows(draw, reference, algebra);
  },
};
