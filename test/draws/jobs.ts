import type { DrawJob } from '../../src/draws/engine.ts';
import type { DrawOutcome, DrawUnit } from '../../src/draws/outcome.ts';
import type { Sampling } from '../../src/draws/spec.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { featureGeometry } from '../../src/metrics/reference.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import { featuresOf, writePool } from '../metrics/feature-pools.ts';
import { randomRows } from '../metrics/gaussians.ts';

export const sampling: Sampling = { studySeed: 3, replacement: false, nested: true };

/** Fresh draws of a small surrogate. */
export async function surrogateJob(dimension = 12): Promise<DrawJob> {
  const definition = parseSurrogate(
    JSON.stringify({
      name: 'small',
      dimension,
      reference: { kind: 'power-law', exponent: 1, trace: 4 },
      generated: { kind: 'discrepancy', mean_term: 0.1, covariance_term: 0.1, exponent: 1 },
    }),
    'small',
  );
  const { source } = await resolveSurrogate(definition, '.', sharedAlgebra());
  return { source, sampling };
}

/** Draws from a pool in a file, against a reference of its own. */
export async function poolJob(folder: string, rows = 200, dimension = 12, name?: string) {
  const { path, x } = await writePool(folder, rows, dimension, name);
  const features = featuresOf(randomRows(100, dimension, 'reference'));
  const reference = await referenceOfFeatures(features, sharedAlgebra());
  const job: DrawJob = {
    source: {
      geometry: featureGeometry(reference),
      rows: { kind: 'pool', path, rows, shift: reference.mean },
    },
    sampling,
  };
  return { job, path, x, reference };
}

/** One unit a seed, with all sizes wanted. */
export const unitsOf = (seeds: readonly number[], sizes: readonly number[]): DrawUnit[] =>
  seeds.map((seed) => ({ seed, sizes, wanted: sizes }));

/** Outcomes in a fixed order and without their times. */
export function values(outcomes: readonly DrawOutcome[]) {
  return [...outcomes]
    .sort((a, b) => a.seed - b.seed || a.size - b.size)
    .map(({ seed, size, terms, error }) => ({ seed, size, terms, error }));
}
