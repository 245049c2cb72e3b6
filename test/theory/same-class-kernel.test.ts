import { describe, expect, it } from 'vitest';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { mixture } from '../../src/studies/label-protocol/mixture.ts';
import { eigenbasis } from '../../src/theory/eigenbasis.ts';
import { kernelOfRowPairs } from '../../src/theory/same-class-kernel.ts';
import { mean, variance } from '../../src/theory/statistics.ts';

const algebra = fastAlgebra(1);

describe('h(x, y) of independent images of one class', async () => {
  const [d, classes, pairs] = [6, 5, 20_000];
  // Exponent 0 has the eigenbasis of the class means; nothing below depends on it.
  const population = mixture({ dimension: d, exponent: 0.8, classes, between: 0.4 }, [
    'same class',
    1,
  ]);
  const { statistics } = population;
  const moments = {
    count: Number.POSITIVE_INFINITY,
    mean: statistics.mean,
    covariance: { data: statistics.covariance, rows: d, columns: d },
  };
  const reference = await referenceOfStatistics(statistics, algebra);

  const basis = async () => (await eigenbasis(reference, moments, algebra)).generated;

  async function pairsOf(classOf: (row: number) => number) {
    const labels = Uint32Array.from({ length: 2 * pairs }, (_, row) => classOf(row));
    const rows = population.rowsOf(labels, normalSource(stream('same class', 'rows')));
    return [...(await kernelOfRowPairs(rows, await basis(), algebra))];
  }
  const standardError = (values: readonly number[]) => Math.sqrt(variance(values)! / values.length);

  it('has the mean tr B + ½ Σ G Var_k of the class’s second moments', async () => {
    const found = await pairsOf((row) => (row >> 1) % classes);
    // The classes differ in their means a_k alone: Var_k(M_ij) = mean_k a_ki² a_kj² − B_ij².
    const { roots, whitening } = await basis();
    const noise = { fill: (out: Float64Array) => out.fill(0) } as never;
    const all = Uint32Array.from({ length: classes }, (_, k) => k);
    const means = population.rowsOf(all, noise);
    const white = await algebra.gemm.multiply(means, whitening);
    let expected = means.data.reduce((sum, value) => sum + value * value, 0) / classes;
    for (const [i, a] of roots.entries()) {
      for (const [j, b] of roots.entries()) {
        let [fourth, second] = [0, 0];
        for (let k = 0; k < classes; k++) {
          const product = white.data[k * roots.length + i]! * white.data[k * roots.length + j]!;
          fourth += product ** 2 / classes;
          second += product / classes;
        }
        expected += 0.5 * ((a * b) / (a + b)) * (fourth - second ** 2);
      }
    }
    expect(expected).toBeGreaterThan(0.4 * d);
    expect(Math.abs(mean(found) - expected)).toBeLessThan(4 * standardError(found));
  });

  it('has the mean 0 of independent images, whatever their classes', async () => {
    const labels = stream('same class', 'labels');
    const found = await pairsOf(() => labels.integer(classes));
    expect(Math.abs(mean(found))).toBeLessThan(4 * standardError(found));
  });
});
