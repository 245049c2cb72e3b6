import { StudyError } from '../../errors.ts';
import { exp, log } from '../../kernels/elementary.ts';
import { stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import type { Metric } from '../metric.ts';
import { required } from '../required.ts';
import { chosenRows, type Rows } from '../sample.ts';

/** As published. */
export const SPLITS = 10;

/**
 * Inception Score (Salimans et al. 2016): e to the mean KL divergence of each image's class
 * probabilities from their mean, averaged over ten splits in random order. The reference does not enter.
 */
export const inceptionScore: Metric = {
  name: 'is',
  title: 'Inception Score',
  needs: ['logits'],
  better: 'higher',
  isSymmetric: false,
  usesReference: false,
  inN: 'limit',
  bias: 'too low by about c/N: the mean of a split is of its own images',
  leastRows: SPLITS,
  async value(draw, _, { key }) {
    return inceptionScoreOf(shuffled(required(draw, 'logits'), key)).mean;
  },
  async error(draw, _, { key }) {
    const { sd } = inceptionScoreOf(shuffled(required(draw, 'logits'), key));
    // The published SD is that of one split, with the number of splits as divisor.
    return sd / Math.sqrt(SPLITS - 1);
  },
};

/** A pool is read in file order, often class by class: splits need a random one. */
function shuffled(logits: Rows, key: readonly (string | number)[]): Rows {
  const order = drawWithoutReplacement(logits.rows, logits.rows, stream(...key, 'is'));
  return chosenRows(logits, order);
}

/**
 * Mean and SD over splits of rows in their order, as torch-fidelity computes them.
 *
 * @throws StudyError with fewer rows than splits
 */
export function inceptionScoreOf(logits: Rows, splits = SPLITS): { mean: number; sd: number } {
  const { rows } = logits;
  if (rows < splits) {
    throw new StudyError(
      `Inception Score of ${rows} image${rows === 1 ? '' : 's'} in ${splits} splits`,
      `give at least ${splits} images, or leave out is`,
    );
  }
  const scores = Array.from({ length: splits }, (_, split) => {
    const start = Math.floor((split * rows) / splits);
    return scoreOf(logits, start, Math.floor(((split + 1) * rows) / splits) - start);
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / splits;
  const square = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / splits;
  return { mean, sd: Math.sqrt(square) };
}

/** exp(mean KL(p ‖ mean p)) = exp(H(mean p) − mean H(p)). */
function scoreOf(logits: Rows, start: number, count: number): number {
  const classes = logits.dimension;
  const data = logits.read(start, count, new Float32Array(count * classes));
  const total = new Float64Array(classes);
  const p = new Float64Array(classes);
  let divergence = 0;
  for (let row = 0; row < count; row++) {
    const own = data.subarray(row * classes, (row + 1) * classes);
    const most = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += p[j] = exp(own[j]! - most);
    for (let j = 0; j < classes; j++) {
      total[j]! += p[j]! / sum;
      divergence += (p[j]! / sum) * (own[j]! - most - log(sum));
    }
  }
  for (const each of total) if (each > 0) divergence -= each * log(each / count);
  return exp(divergence / count);
}
