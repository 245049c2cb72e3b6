import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import type { DrawJob } from '../../src/draws/engine.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { FrechetTerms } from '../../src/metrics/frechet.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import type { Surrogate } from '../../src/surrogates/surrogate.ts';
import { performance } from '../../src/theory/performance.ts';
import { randomStatistics } from '../metrics/gaussians.ts';
import { smirnov } from '../random/statistics.ts';

const algebra = fastAlgebra(1);
const SEEDS = 300;

/** In one eigenbasis, with the two sides far enough apart for the spread to be of first order. */
export const DIAGONAL = {
  reference: { kind: 'power-law', exponent: 1, trace: 4 },
  generated: { kind: 'discrepancy', mean_term: 0.5, covariance_term: 0.5, exponent: 0.7 },
};
/** Each with an eigenbasis of its own. */
export const DENSE = {
  reference: { kind: 'npz', path: 'q.npz' },
  generated: { kind: 'npz', path: 'p.npz' },
};

export async function surrogateOf(definition: object, d = 16): Promise<Surrogate> {
  const folder = await mkdtemp(join(tmpdir(), 'study-test-'));
  try {
    for (const name of ['q', 'p']) {
      const statistics = { ...randomStatistics(d, 60, 'exact', name), dimension: d };
      await writeStatisticsNpz(join(folder, `${name}.npz`), statistics);
    }
    const text = JSON.stringify({ name: 'test', dimension: d, ...definition });
    return await resolveSurrogate(parseSurrogate(text, 'test'), folder, algebra);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Terms of each seed's largest draw: of its rows, or of moments that were drawn. */
export async function drawsOf(
  { source }: Surrogate,
  kind: 'normals' | 'blocks' | 'exact-moments',
  sizes: readonly number[],
  seeds = SEEDS,
): Promise<FrechetTerms[]> {
  const { dimension } = source.geometry;
  const job: DrawJob = {
    source: { ...source, rows: { kind, dimension } },
    sampling: { studySeed: 11, replacement: false, nested: true },
  };
  const wanted = sizes.slice(-1);
  const units = Array.from({ length: seeds }, (_, seed) => ({ seed, sizes, wanted }));
  const all: FrechetTerms[] = [];
  await inlineEngine(algebra).run(job, units, ({ terms }) => void all.push(terms!));
  return all;
}

/** Two samples of draws have one distribution: means, variances, and the largest step between them. */
export function expectAlike(one: readonly FrechetTerms[], other: readonly FrechetTerms[]): void {
  for (const name of ['distance', 'meanTerm', 'traceGenerated', 'traceSqrt'] as const) {
    const [a, b] = [one, other].map((terms) => Float64Array.from(terms, (t) => t[name]));
    const [first, second] = [performance([...a!], 0), performance([...b!], 0)];
    for (const measure of ['mean', 'variance'] as const) {
      const error = Math.hypot(first[measure].mcse!, second[measure].mcse!);
      const off = (first[measure].value! - second[measure].value!) / error;
      expect(Math.abs(off), `${measure} of ${name}`).toBeLessThan(4);
    }
    expect(smirnov(a!, b!), name).toBeLessThan(1.95);
  }
}

export function correlation(x: readonly number[], y: readonly number[]): number {
  const centred = (values: readonly number[]) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - centre);
  };
  const [a, b] = [centred(x), centred(y)];
  const dot = (u: number[], v: number[]) => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
