import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { distanceOfFeatures, featuresInMemory } from '../../metrics/features.ts';
import { type Reference, referenceOfStatistics } from '../../metrics/reference.ts';
import { normalSource } from '../../random/normals.ts';
import { stream } from '../../random/stream.ts';
import { eigenbasis } from '../../theory/eigenbasis.ts';
import { kernelOfRowPairs } from '../../theory/same-class-kernel.ts';
import { mean } from '../../theory/statistics.ts';
import { type Mixture, type MixtureSettings, mixture } from './mixture.ts';
import { type GapRow, standardError } from './rows.ts';
import type { LabelProtocolSettings } from './settings.ts';

/** One mixture: FIDs of draws of both protocols against the population, which has FID 0 to itself. */
export async function simulatedGap(
  of: Pick<MixtureSettings, 'classes' | 'between'>,
  { study_seed, dimension, exponent, size, draws, pairs }: LabelProtocolSettings,
  algebra: LinearAlgebra,
  signal: AbortSignal,
): Promise<GapRow> {
  const { classes, between } = of;
  const key = ['label-protocol', study_seed, classes, between];
  const population = mixture({ dimension, exponent, classes, between }, key);
  const reference = await referenceOfStatistics(population.statistics, algebra);
  const constants = async (protocol: 'random' | 'balanced') => {
    const found: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      signal.throwIfAborted();
      const labels = labelsOf(protocol, population, size, [...key, protocol, draw]);
      const normals = normalSource(stream(...key, protocol, draw, 'rows'));
      const { distance } = await distanceOfRows(reference, population, labels, normals, algebra);
      // FID at infinity is 0.
      found.push(size * distance);
    }
    return { mean: mean(found), se: standardError(found) };
  };
  const random = await constants('random');
  const balanced = await constants('balanced');
  const theory = await withinClasses(population, reference, pairs, key, algebra);
  return {
    source: 'mixture',
    dimension,
    classes,
    between,
    size,
    draws,
    random: random.mean,
    random_se: random.se,
    balanced: balanced.mean,
    balanced_se: balanced.se,
    gap: random.mean - balanced.mean,
    gap_se: Math.hypot(random.se, balanced.se),
    theory: mean(theory),
    theory_se: standardError(theory),
  };
}

function labelsOf(
  protocol: 'random' | 'balanced',
  { classes }: Mixture,
  size: number,
  key: readonly (string | number)[],
): Uint32Array {
  const labels = stream(...key, 'labels');
  return Uint32Array.from({ length: size }, (_, i) =>
    protocol === 'balanced' ? i % classes : labels.integer(classes),
  );
}

async function distanceOfRows(
  reference: Reference,
  population: Mixture,
  labels: Uint32Array,
  normals: ReturnType<typeof normalSource>,
  algebra: LinearAlgebra,
) {
  const { data, columns } = population.rowsOf(labels, normals);
  return distanceOfFeatures(reference, featuresInMemory(data, columns), algebra);
}

/** h(x, y) of independent pairs of one class, a class at random each. */
async function withinClasses(
  population: Mixture,
  reference: Reference,
  pairs: number,
  key: readonly (string | number)[],
  algebra: LinearAlgebra,
): Promise<number[]> {
  const { mean: centre, covariance } = population.statistics;
  const d = centre.length;
  const basis = await eigenbasis(
    reference,
    {
      count: Number.POSITIVE_INFINITY,
      mean: centre,
      covariance: { data: covariance, rows: d, columns: d },
    },
    algebra,
  );
  const classes = stream(...key, 'pairs');
  const labels = new Uint32Array(2 * pairs);
  for (let i = 0; i < labels.length; i += 2) {
    labels[i] = classes.integer(population.classes);
    labels[i + 1] = labels[i]!;
  }
  const rows = population.rowsOf(labels, normalSource(stream(...key, 'pairs', 'rows')));
  return [...(await kernelOfRowPairs(rows, basis.generated, algebra))];
}
