import type { Metric } from '../metric.ts';
import { mmdVariance } from '../mmd-variance.ts';
import { polynomial } from '../pairs/kernels.ts';
import { kernelSumsOf } from '../pairs/pairs.ts';
import { unbiasedMmd } from '../unbiased-mmd.ts';

/** Kernel Inception Distance (Bińkowski et al. 2018), as the U-statistic over all pairs. */
export const kid: Metric = {
  name: 'kid',
  title: 'KID',
  needs: ['rows'],
  pairs: 'kernels',
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  inN: 'unbiased',
  bias: 'none; near 0 it can be negative',
  leastRows: 2,
  async value(draw, reference, context) {
    return unbiasedMmd(await kernelSumsOf(polynomial, draw, reference, context));
  },
  async error(draw, reference, context) {
    const variance = mmdVariance(await kernelSumsOf(polynomial, draw, reference, context));
    return variance && Math.sqrt(variance.total);
  },
};
