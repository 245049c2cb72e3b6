import { openRows } from '../../draws/open-rows.ts';
import { recommendedEstimator } from '../../estimators/recommended.ts';
import { estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Matrix } from '../../linalg/gemm.ts';
import { congruence, mapRows } from '../../linalg/linear-map.ts';
import { type FeatureRows, featuresInMemory } from '../../metrics/features.ts';
import { type Reference, referenceOfStatistics } from '../../metrics/reference.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import type { StudyContext } from '../kind.ts';

/** Estimates of the FID at infinity, one a seed, as `study estimate` gives them by default. */
export interface EstimatedFids {
  readonly method: string;
  readonly values: readonly number[];
}

/**
 * FID at infinity by the estimator that the bake-off recommends, from draws of some number of images
 * against the exact moments of the reference. The rows are those of the sweeps' nested draws.
 */
export async function estimatedFids(
  surrogate: Surrogate,
  {
    size,
    seeds,
    studySeed,
  }: { readonly size: number; readonly seeds: number; readonly studySeed: number },
  { steps, signal, progress }: Pick<StudyContext, 'steps' | 'signal' | 'progress'>,
  algebra: LinearAlgebra,
): Promise<EstimatedFids> {
  const dimension = surrogate.source.geometry.offset.length;
  const kind = { hasRows: true, isStratified: false, referenceRows: null };
  const { method } = recommendedEstimator({ rows: size, dimension }, kind);
  const estimators = estimatorsNamed([method]);
  const line = progress('estimating', 'draws');
  let known: Promise<Reference> | undefined;
  const { name } = surrogate.definition;
  try {
    const planned = Array.from({ length: seeds }, (_, at) => ({
      key: ['estimated', name, method, size, studySeed, at + 1],
      async compute() {
        signal.throwIfAborted();
        known ??= populationReference(surrogate, dimension, algebra);
        const pool = await drawnPool(surrogate, size, at + 1, studySeed, algebra);
        const run = { estimators, seed: null, algebra };
        const { estimates, failures } = await estimatePool(pool, await known, run);
        const [found] = estimates;
        if (!found) throw failures[0]!.error;
        return found.estimate;
      },
    }));
    const values = await steps.all(planned, (done) => line.update(done, seeds));
    return { method, values };
  } finally {
    line.stop();
  }
}

/** The reference's exact moments, of rows w · M with standard normals w: Mᵀ M. */
async function populationReference(
  { reference }: Surrogate,
  d: number,
  algebra: LinearAlgebra,
): Promise<Reference> {
  const rows = reference.kind === 'dense' ? reference.matrix.rows : d;
  const unit = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) unit[i * (rows + 1)] = 1;
  const identity = { data: unit, rows, columns: rows };
  // Its lower triangle alone is certain, and alone is read.
  const { data: covariance } = await congruence(reference, identity, algebra.gemm);
  return referenceOfStatistics({ mean: new Float64Array(d), covariance }, algebra);
}

async function drawnPool(
  { source }: Surrogate,
  count: number,
  seed: number,
  studySeed: number,
  { gemm }: LinearAlgebra,
): Promise<FeatureRows> {
  const { dimension, map, offset } = source.geometry;
  const sampling = { studySeed, replacement: false, nested: true };
  const opened = openRows({ kind: 'normals', dimension }, sampling);
  const z: Matrix = { data: new Float64Array(count * dimension), rows: count, columns: dimension };
  await opened.draw(seed, [count]).next(z.data, count);
  await opened.close();
  const { data, columns } = await mapRows(map, z, gemm);
  for (let k = 0; k < data.length; ) {
    for (let j = 0; j < columns; j++, k++) data[k]! += offset[j]!;
  }
  return featuresInMemory(data, columns);
}
