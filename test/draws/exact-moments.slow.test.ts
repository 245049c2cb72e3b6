import { describe, expect, it } from 'vitest';
import type { FrechetTerms } from '../../src/metrics/frechet.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
} from '../../src/theory/gaussian-moments.ts';
import { performance } from '../../src/theory/performance.ts';
import {
  correlation,
  DENSE,
  DIAGONAL,
  drawsOf,
  expectAlike,
  surrogateOf,
} from './gaussian-draws.ts';

describe('draws of exact moments', () => {
  // Below, at and just above d, where the Gram matrix ends; and far above it.
  it.each([
    [2, 'one eigenbasis', DIAGONAL],
    [6, 'one eigenbasis', DIAGONAL],
    [16, 'one eigenbasis', DIAGONAL],
    [17, 'one eigenbasis', DIAGONAL],
    [90, 'one eigenbasis', DIAGONAL],
    [9, 'two eigenbases', DENSE],
    [40, 'two eigenbases', DENSE],
  ])('are distributed as draws of rows are: N = %i of d = 16, %s', async (size, _, definition) => {
    const source = await surrogateOf(definition);
    const rows = await drawsOf(source, 'normals', [size]);
    const moments = await drawsOf(source, 'exact-moments', [size]);
    expectAlike(rows, moments);
  });

  it('have the bias C/N and the variance V/N of first-order theory at N = 10⁶, in no time', async () => {
    const source = await surrogateOf(DIAGONAL);
    const { population, roots } = source;
    const { offset, map, whitened } = source.source.geometry;
    if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') throw new Error('not diagonal');
    const p = map.values.map((value) => value ** 2);
    const q = whitened.values.map((value, i) => value ** 2 / p[i]!);
    const size = 1e6;
    const terms = await drawsOf(source, 'exact-moments', [size], 200);
    const theory = {
      bias: gaussianBiasConstant(population.traceGenerated, roots) / size,
      variance: commutingVarianceConstant(q, p, offset) / size,
    };
    const { bias, variance } = performance(
      terms.map(({ distance }) => distance),
      population.distance + theory.bias,
    );
    expect(Math.abs(bias.value / bias.mcse!)).toBeLessThan(4);
    expect(Math.abs(variance.value! - theory.variance)).toBeLessThan(4 * variance.mcse!);
  });

  it('are the same for the same seed and size, and independent of each other for different ones', async () => {
    const source = await surrogateOf(DIAGONAL);
    const [one, again, other] = [
      await drawsOf(source, 'exact-moments', [40], 300),
      await drawsOf(source, 'exact-moments', [40], 300),
      await drawsOf(source, 'exact-moments', [60], 300),
    ];
    expect(again).toEqual(one);
    const of = (terms: FrechetTerms[]) => terms.map(({ distance }) => distance);
    // r·√n of independent draws is standard normal.
    expect(Math.abs(correlation(of(one), of(other))) * Math.sqrt(300)).toBeLessThan(4);
    expect(Math.abs(correlation(of(one).slice(1), of(one).slice(0, -1)))).toBeLessThan(0.25);
  });

  it('have consistent terms in every draw', async () => {
    const source = await surrogateOf(DIAGONAL);
    for (const size of [5, 50]) {
      for (const terms of await drawsOf(source, 'exact-moments', [size], 20)) {
        const { meanTerm, traceReference, traceGenerated, traceSqrt } = terms;
        expect(traceReference).toBe(source.population.traceReference);
        const total = meanTerm + traceReference + traceGenerated - 2 * traceSqrt;
        expect(Math.abs(total - terms.distance)).toBeLessThan(1e-13);
        expect(terms.distance).toBeGreaterThan(0);
      }
    }
  });
});
