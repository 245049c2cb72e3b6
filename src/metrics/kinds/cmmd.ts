import type { KernelSums, WithinSums } from '../kernel-sums.ts';
import type { Metric, MetricContext } from '../metric.ts';
import { mmdVariance } from '../mmd-variance.ts';
import { gaussian } from '../pairs/kernels.ts';
import { kernelSumsOf } from '../pairs/pairs.ts';
import { requireDirections } from '../pairs/require.ts';
import type { Sample } from '../sample.ts';
import { sum, unbiasedMmd } from '../unbiased-mmd.ts';

/** As published. */
const SCALE = 1000;

const common = {
  needs: ['rows'],
  pairs: 'kernels',
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  async error(draw: Sample, reference: Sample, context: MetricContext) {
    const variance = mmdVariance(await sumsOf(draw, reference, context));
    return variance && SCALE * Math.sqrt(variance.total);
  },
} as const;

/**
 * CMMD as published (Jayasumana et al. 2024): 1000 times the squared MMD of rows of length 1 under a
 * Gaussian kernel of width 10, each row paired with itself too.
 */
export const cmmd: Metric = {
  ...common,
  name: 'cmmd',
  title: 'CMMD',
  inN: 'limit',
  bias: 'too high by about c/N + c/M: it pairs each row with itself',
  leastRows: 2,
  async value(draw, reference, context) {
    const { x, y, between } = await sumsOf(draw, reference, context);
    const cross = (2 * sum(between.rows)) / (x.count * y.count);
    return SCALE * (withItself(x) + withItself(y) - cross);
  },
};

/** The same as a U-statistic, without pairs of a row with itself. */
export const cmmdUnbiased: Metric = {
  ...common,
  name: 'cmmd-u',
  title: 'CMMD, U-statistic',
  inN: 'unbiased',
  bias: 'none; near 0 it can be negative',
  leastRows: 2,
  async value(draw, reference, context) {
    return SCALE * unbiasedMmd(await sumsOf(draw, reference, context));
  },
};

function sumsOf(draw: Sample, reference: Sample, context: MetricContext): Promise<KernelSums> {
  requireDirections(draw, 'generated');
  requireDirections(reference, 'reference');
  return kernelSumsOf(gaussian, draw, reference, context);
}

/** The mean kernel over all pairs of one sample, of a row with itself too. */
function withItself({ count, rows }: WithinSums): number {
  return (sum(rows) + count * gaussian.ofItself!) / count ** 2;
}
