import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../../src/arrays/statistics-npz.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { estimatedFids } from '../../../src/studies/metrics/estimated.ts';
import type { Step } from '../../../src/studies/steps.ts';
import { resolveSurrogate } from '../../../src/surrogates/load.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { plainMoments, randomMatrix } from '../../linalg/plain.ts';

const algebra = fastAlgebra(1);
const folder = temporaryFolder();
const context = {
  steps: {
    do: <Value>(_: unknown, compute: () => Promise<Value>) => compute(),
    all: <Value>(steps: readonly Step<Value>[]) => Promise.all(steps.map((step) => step.compute())),
    machines: () => [],
  },
  signal: new AbortController().signal,
  progress: () => ({ update() {}, stop() {} }),
};

const d = 8;
async function moments(name: string) {
  const { mean, covariance } = plainMoments(randomMatrix(40, d, name));
  const path = join(folder, `${name}.npz`);
  await writeStatisticsNpz(path, { mean, covariance, dimension: d });
  return { kind: 'npz', path } as const;
}

const surrogates = {
  'of one eigenbasis': {
    reference: { kind: 'power-law', exponent: 1, trace: 10 },
    generated: { kind: 'discrepancy', mean_term: 0.5, covariance_term: 0.5, exponent: 1 },
  },
  'of two statistics files': {
    reference: await moments('reference'),
    generated: await moments('generated'),
  },
} as const;

describe('estimates of FID at infinity from draws of a surrogate', () => {
  it.each(Object.entries(surrogates))('are near its FID: %s', async (_, sides) => {
    const definition = { name: 'small', description: '', dimension: d, published: [], ...sides };
    const surrogate = await resolveSurrogate(definition, '.', algebra);
    const settings = { size: 200, seeds: 8, studySeed: 0 };
    const { method, values } = await estimatedFids(surrogate, settings, context, algebra);
    expect(method).toBe('random-matrix-rows');
    const mean = values.reduce((sum, value) => sum + value, 0) / 8;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
    // Five errors of a mean of 8 draws, whose spread is known from these alone.
    const apart = Math.abs(mean - surrogate.population.distance);
    expect(apart).toBeLessThan(5 * Math.sqrt(square / 8));
    expect(new Set(values).size).toBe(8);
  });
});
