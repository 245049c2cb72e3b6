import { join } from 'node:path';
import type { ReferenceRows } from '../../draws/metric-spec.ts';
import { poolMoments } from '../../draws/pool-moments.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Reference } from '../../metrics/reference.ts';
import { engineFor } from '../../sweep/engine.ts';
import { poolInputs, type SweepInputs } from '../../sweep/inputs.ts';
import { runSweep, type SweepResult } from '../../sweep/run.ts';
import { parseSettings } from '../../sweep/settings.ts';
import type { StudyContext } from '../kind.ts';
import type { Pool } from './pool.ts';

/** A reference, and the pool whose draws are compared with it. */
export interface SetPair {
  /** In the `experiment` column of the tables. */
  readonly name: string;
  readonly referencePool: Pool;
  readonly reference: Reference;
  readonly generated: Pool;
  readonly sizes: readonly number[];
  readonly seeds: number;
  readonly studySeed: number;
  /** What is computed of each draw; by default FID. */
  readonly metric?: string;
  /** Whether both sides are draws of one population, so that the true FID is 0. */
  readonly isNull?: boolean;
}

/** FIDs of a pair's draws, at each size that its pool has. */
export async function sweepPair(
  pair: SetPair,
  { folder, workers, array, restart, signal, progress }: StudyContext,
  algebra: LinearAlgebra,
): Promise<SweepResult> {
  const { name, generated, seeds, studySeed: study_seed, metric } = pair;
  const sizes = pair.sizes.filter((size) => size <= generated.rows);
  const inputs = inputsOf(pair, algebra);
  const settings = parseSettings({
    experiment: name,
    reference: 'a',
    generated: 'b',
    sizes,
    seeds,
    study_seed,
    ...(metric !== undefined && { metric }),
  });
  const line = progress(name, 'rows');
  try {
    return await runSweep(settings, inputs, {
      engine: engineFor(settings, inputs, folder, workers, array),
      folder: join(folder, 'draws', name.replaceAll(/[^\w-]/g, '-')),
      restart,
      signal,
      onProgress: line.update,
    });
  } finally {
    line.stop();
  }
}

function rowsOfPool({ featuresPath, rows, of }: Pool): ReferenceRows {
  return { kind: 'file', path: featuresPath, rows, ...(of && { of }) };
}

function inputsOf(
  { referencePool, reference, generated, isNull = false }: SetPair,
  algebra: LinearAlgebra,
): SweepInputs {
  const provenance = {
    name: generated.name,
    reference: referencePool.provenance,
    generated: generated.provenance,
    referenceRows: rowsOfPool(referencePool),
  };
  const moments = () => poolMoments(generated, reference.mean, algebra, 'double');
  const inputs = poolInputs(reference, generated, provenance, moments);
  if (!isNull) return inputs;
  const { trace } = reference;
  const ofBoth = { traceReference: trace, traceGenerated: trace, traceSqrt: trace };
  return { ...inputs, population: { distance: 0, meanTerm: 0, ...ofBoth } };
}
