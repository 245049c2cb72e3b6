import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import type { DrawJob } from '../../src/draws/engine.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { FrechetTerms } from '../../src/metrics/frechet.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import type { Surrogate } from '../../src/surrogates/surrogate.ts';
import {
  commutingVarianceConstant,
  gaussianBiasConstant,
} from '../../src/theory/gaussian-moments.ts';
import { performance } from '../../src/theory/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { randomStatistics } from '../metrics/gaussians.ts';
import { smirnov } from '../random/statistics.ts';

const folder = temporaryFolder();
const algebra = fastAlgebra(1);
const d = 16;
const SEEDS = 600;

/** In one eigenbasis, with the two sides far enough apart for the spread to be of first order. */
const DIAGONAL = {
  reference: { kind: 'power-law', exponent: 1, trace: 4 },
  generated: { kind: 'discrepancy', mean_term: 0.5, covariance_term: 0.5, exponent: 0.7 },
};
/** Each with an eigenbasis of its own. */
const DENSE = {
  reference: { kind: 'npz', path: 'q.npz' },
  generated: { kind: 'npz', path: 'p.npz' },
};

async function surrogate(definition: object): Promise<Surrogate> {
  for (const name of ['q', 'p']) {
    const statistics = { ...randomStatistics(d, 60, 'exact', name), dimension: d };
    await writeStatisticsNpz(join(folder, `${name}.npz`), statistics);
  }
  const text = JSON.stringify({ name: 'test', dimension: d, ...definition });
  return resolveSurrogate(parseSurrogate(text, 'test'), folder, algebra);
}

/** Terms of each seed's draw: of its rows, or of moments that were drawn directly. */
async function draws(
  { source }: Surrogate,
  kind: 'normals' | 'exact-moments',
  size: number,
  seeds = SEEDS,
): Promise<FrechetTerms[]> {
  const job: DrawJob = {
    source: { ...source, rows: { kind, dimension: d } },
    sampling: { studySeed: 11, replacement: false, nested: true },
  };
  const units = Array.from({ length: seeds }, (_, seed) => ({
    seed,
    sizes: [size],
    wanted: [size],
  }));
  const all: FrechetTerms[] = [];
  await inlineEngine(algebra).run(job, units, ({ terms }) => void all.push(terms!));
  return all;
}

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
    const source = await surrogate(definition);
    const rows = await draws(source, 'normals', size);
    const moments = await draws(source, 'exact-moments', size);
    for (const name of ['distance', 'meanTerm', 'traceGenerated', 'traceSqrt'] as const) {
      const [a, b] = [rows, moments].map((terms) => Float64Array.from(terms, (t) => t[name]));
      const [one, two] = [performance([...a!], 0), performance([...b!], 0)];
      for (const measure of ['mean', 'variance'] as const) {
        const error = Math.hypot(one[measure].mcse!, two[measure].mcse!);
        const off = (one[measure].value! - two[measure].value!) / error;
        expect(Math.abs(off), `${measure} of ${name}`).toBeLessThan(4);
      }
      expect(smirnov(a!, b!), name).toBeLessThan(1.95);
    }
  });

  it('have the bias C/N and the variance V/N of first-order theory at N = 10⁶, in no time', async () => {
    const source = await surrogate(DIAGONAL);
    const { population, roots } = source;
    const { offset, map, whitened } = source.source.geometry;
    if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') throw new Error('not diagonal');
    const p = map.values.map((value) => value ** 2);
    const q = whitened.values.map((value, i) => value ** 2 / p[i]!);
    const size = 1e6;
    const terms = await draws(source, 'exact-moments', size, 200);
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
    const source = await surrogate(DIAGONAL);
    const [one, again, other] = [
      await draws(source, 'exact-moments', 40, 300),
      await draws(source, 'exact-moments', 40, 300),
      await draws(source, 'exact-moments', 60, 300),
    ];
    expect(again).toEqual(one);
    const of = (terms: FrechetTerms[]) => terms.map(({ distance }) => distance);
    // r·√n of independent draws is standard normal.
    expect(Math.abs(correlation(of(one), of(other))) * Math.sqrt(300)).toBeLessThan(4);
    expect(Math.abs(correlation(of(one).slice(1), of(one).slice(0, -1)))).toBeLessThan(0.25);
  });

  it('have consistent terms in every draw', async () => {
    const source = await surrogate(DIAGONAL);
    for (const size of [5, 50]) {
      for (const terms of await draws(source, 'exact-moments', size, 20)) {
        const { meanTerm, traceReference, traceGenerated, traceSqrt } = terms;
        expect(traceReference).toBe(source.population.traceReference);
        const total = meanTerm + traceReference + traceGenerated - 2 * traceSqrt;
        expect(Math.abs(total - terms.distance)).toBeLessThan(1e-13);
        expect(terms.distance).toBeGreaterThan(0);
      }
    }
  });
});

function correlation(x: readonly number[], y: readonly number[]): number {
  const centred = (values: readonly number[]) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - centre);
  };
  const [a, b] = [centred(x), centred(y)];
  const dot = (u: number[], v: number[]) => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
