import { exp, log } from '../../kernels/elementary.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { lowerGram } from '../../linalg/gram.ts';
import { Scatter } from '../../linalg/scatter.ts';
import type { Metric } from '../metric.ts';
import { requireDirections, requireSamples } from '../pairs/require.ts';
import { BLOCK, squares } from '../pairs/scales.ts';
import type { Rows } from '../sample.ts';

/**
 * Vendi score (Friedman & Dieng 2023) of the generated rows: the exponential of the entropy of the
 * eigenvalues of K/N, with the linear kernel of rows of length 1. The effective number of different
 * images; the reference does not enter.
 */
export const vendi: Metric = {
  name: 'vendi',
  title: 'Vendi',
  needs: ['rows'],
  better: 'higher',
  isSymmetric: false,
  usesReference: false,
  inN: 'limit',
  bias: 'too low: few images span few directions',
  leastRows: 1,
  async value(draw, _, { algebra }) {
    requireSamples(draw, draw, 1, 'Vendi');
    requireDirections(draw, 'generated');
    return vendiOf(draw, algebra);
  },
};

async function vendiOf(sample: Rows, algebra: LinearAlgebra): Promise<number> {
  const eigenvalues =
    sample.rows <= sample.dimension
      ? await ofGram(sample, algebra)
      : await ofSecondMoments(sample, algebra);
  let entropy = 0;
  for (const value of eigenvalues) if (value > 0) entropy -= value * log(value);
  return exp(entropy);
}

async function ofGram(sample: Rows, { gemm, symmetricEigenvalues }: LinearAlgebra) {
  const { rows, dimension } = sample;
  const data = new Float64Array(rows * dimension);
  for (const { block, start } of unitRows(sample)) data.set(block, start * dimension);
  const gram = await lowerGram({ data, rows, columns: dimension }, gemm);
  return (await symmetricEigenvalues(gram.data, rows)).map((value) => value / rows);
}

/** XᵀX/N has the same eigenvalues but for zeros. */
async function ofSecondMoments(sample: Rows, { gemm, symmetricEigenvalues }: LinearAlgebra) {
  const { rows, dimension: d } = sample;
  const scatter = new Scatter(d, gemm, 'single');
  for (const { block, count } of unitRows(sample)) await scatter.add(block, count);
  const { mean, covariance } = await scatter.moments();
  const { data } = covariance;
  for (let i = 0, k = 0; i < d; i++) {
    for (let j = 0; j < d; j++, k++) {
      data[k] = (data[k]! * (rows - 1)) / rows + mean[i]! * mean[j]!;
    }
  }
  return symmetricEigenvalues(data, d);
}

/** Rows divided by their length, in float64, block by block in the same memory. */
function* unitRows(sample: Rows) {
  const { rows, dimension } = sample;
  const lengths = squares(sample);
  const most = Math.min(BLOCK, rows) * dimension;
  const [memory, unit] = [new Float32Array(most), new Float64Array(most)];
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    const data = sample.read(start, count, memory);
    for (let i = 0, k = 0; i < count; i++) {
      const factor = 1 / Math.sqrt(lengths[start + i]!);
      for (let j = 0; j < dimension; j++, k++) unit[k] = data[k]! * factor;
    }
    yield { block: unit.subarray(0, count * dimension), start, count };
  }
}
