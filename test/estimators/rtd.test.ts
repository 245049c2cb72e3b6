import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { plugIn } from '../../src/estimators/plug-in.ts';
import { RelativeTaylor } from '../../src/estimators/relative-taylor.ts';
import { rtd } from '../../src/estimators/rtd.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import type { Matrix } from '../../src/linalg/gemm.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { plainAlgebra as algebra, plainMoments, randomMatrix } from '../linalg/plain.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { diagonalStatistics, randomRows, randomStatistics } from '../metrics/gaussians.ts';

const d = 5;
const variances = Float64Array.from({ length: d }, (_, i) => 1 / (i + 1));
const reference = await referenceOfStatistics(
  diagonalStatistics(new Float64Array(d), variances),
  algebra,
);

/** Rows of unit-free normals of the same spectrum, 10 % wider. */
function pool(rows: number, seed: number): Matrix {
  const x = randomMatrix(rows, d, 'rtd', seed);
  for (let k = 0; k < x.data.length; k++) x.data[k]! *= 1.1 * Math.sqrt(variances[k % d]!);
  return x;
}
const truth = variances.reduce((sum, value) => sum + 0.01 * value, 0);

async function run(x: Matrix, block: number, options = { degree: 4, folds: 2 }) {
  const found = new RelativeTaylor(reference, x.rows, algebra, options);
  for (let start = 0; start < x.rows; start += block) {
    await found.add(x.data.slice(start * d), Math.min(block, x.rows - start));
  }
  return found.finish();
}

describe('RelativeTaylor', () => {
  it('does not depend on the blocks in which rows come', async () => {
    const x = pool(101, 1);
    const whole = await run(x, 101);
    for (const block of [1, 7, 50]) {
      const found = await run(x, block);
      expect(found.pilotRows + found.seriesRows).toBe(100);
      expect(Math.abs(found.estimate - whole.estimate)).toBeLessThan(1e-12);
    }
  });

  it('begins with the FID of the pilots, and its linear term is the derivative there', async () => {
    const x = randomRows(301, d, 'x');
    const { terms, meanTerm, pilotRows } = await run(x, 64);
    expect(pilotRows).toBe(150);
    // Contrasts of the first rows are the scatter of these rows; the others are what that of all adds.
    const part = { data: x.data.subarray(0, 151 * d), rows: 151, columns: d };
    const first = plainMoments(part).covariance;
    const all = plainMoments(x).covariance;
    const last = all.map((value, k) => 2 * value - first[k]!);
    const mean = new Float64Array(d);
    const plainReference = diagonalStatistics(mean, variances);
    const of = async (p: Float64Array) =>
      (await frechetDistance({ mean, covariance: p }, plainReference, algebra)).distance;
    expect(terms[0]).toBeCloseTo(((await of(first)) + (await of(last))) / 2, 12);
    const step = 1e-4;
    const slope = async (from: Float64Array, to: Float64Array) => {
      const moved = (share: number) => from.map((value, k) => value + share * (to[k]! - value));
      return ((await of(moved(step))) - (await of(moved(-step)))) / (2 * step);
    };
    expect(terms[1]).toBeCloseTo(((await slope(first, last)) + (await slope(last, first))) / 2, 7);
    // |z̄|² without bias.
    const { mean: z } = plainMoments(x);
    const trace = variances.reduce((sum, _, i) => sum + all[i * d + i]!, 0);
    expect(meanTerm).toBeCloseTo(z.reduce((sum, value) => sum + value ** 2, 0) - trace / 301, 12);
  });

  it('is nearly unbiased with many rows a dimension, where the plug-in is not', async () => {
    const [n, repetitions] = [40 * d, 40];
    const errors: number[] = [];
    let plugInBias = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const options = { estimators: [plugIn, rtd()], algebra, seed: null };
      const { estimates } = await estimatePool(featuresOf(pool(n, seed)), reference, options);
      plugInBias += (estimates[0]!.estimate - truth) / repetitions;
      errors.push(estimates[1]!.estimate - truth);
    }
    const bias = errors.reduce((a, b) => a + b) / repetitions;
    const sd = Math.sqrt(errors.reduce((a, b) => a + (b - bias) ** 2, 0) / (repetitions - 1));
    expect(plugInBias).toBeGreaterThan((4 * sd) / Math.sqrt(repetitions));
    expect(Math.abs(bias)).toBeLessThan((3 * sd) / Math.sqrt(repetitions));
  });

  it('has terms that grow with too few rows, and then gives no interval', async () => {
    const { terms } = await run(pool(6 * d, 2), 30);
    expect(Math.abs(terms[4]!)).toBeGreaterThan(Math.abs(terms[2]!));
    const options = { estimators: [rtd()], algebra, seed: null };
    const { estimates } = await estimatePool(featuresOf(pool(6 * d, 2)), reference, options);
    expect(estimates[0]).toMatchObject({ se: null, lower: null });
    expect(estimates[0]!.notes.join()).toContain('too few images a dimension');
    const many = await estimatePool(featuresOf(pool(80 * d, 2)), reference, options);
    expect(many.estimates[0]!.se).toBeGreaterThan(0);
  });

  it('fails loudly where the pilot is rank-deficient, for want of rows or of variance', async () => {
    await expect(run(pool(8, 1), 8)).rejects.toThrow('the pilot of 3 of 8 images has rank 3');
    const flat = pool(60, 1);
    for (let k = 0; k < flat.data.length; k += d) flat.data[k] = 0;
    await expect(run(flat, 60)).rejects.toThrow('has rank 4, the reference 5');
    const options = { estimators: [plugIn, rtd()], algebra };
    const { estimates, failures } = await estimatePool(featuresOf(flat), reference, options);
    expect(estimates.map(({ method }) => method)).toEqual(['plug-in']);
    expect(failures[0]).toMatchObject({ method: 'rtd', error: expect.any(StudyError) });
  });

  it('takes a reference of deficient rank: the series has its dimensions only', async () => {
    const few = await referenceOfStatistics(randomStatistics(d, 3, 'few'), algebra);
    const options = { estimators: [rtd()], algebra, seed: null };
    const x = featuresOf(pool(200, 3));
    const { estimates, shared } = await estimatePool(x, few, options);
    const { distance } = shared.whole.terms;
    expect(Math.abs(estimates[0]!.estimate / distance - 1)).toBeLessThan(0.2);
  });
});
