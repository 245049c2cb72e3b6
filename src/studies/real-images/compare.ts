import { join } from 'node:path';
import { workerPool } from '../../engines/worker-pool.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Reference } from '../../metrics/reference.ts';
import { momentsOfFeatures } from '../../sources/features.ts';
import { defaultWorkers } from '../../study.ts';
import { isBeyondHalf } from '../../sweep/complement.ts';
import { poolInputs, type SweepInputs } from '../../sweep/inputs.ts';
import { runSweep, type SweepResult } from '../../sweep/run.ts';
import { parseSettings } from '../../sweep/settings.ts';
import type { StudyContext } from '../kind.ts';
import type { Pool } from './pool.ts';

/** A reference and what is drawn to be held against it. */
export interface Comparison {
  /** In the `experiment` column of the tables. */
  readonly name: string;
  readonly reference: Pool;
  readonly factored: Reference;
  readonly generated: Pool;
  readonly sizes: readonly number[];
  readonly seeds: number;
  readonly studySeed: number;
  /** Whether both sides are draws of one population, so that the true FID is 0. */
  readonly isNull?: boolean;
}

/** FIDs of a comparison's draws, at each size that its pool has. */
export async function compare(
  comparison: Comparison,
  { folder, workers, restart, signal, progress }: StudyContext,
  algebra: LinearAlgebra,
): Promise<SweepResult> {
  const { name, generated, seeds, studySeed: study_seed } = comparison;
  const sizes = comparison.sizes.filter((size) => size <= generated.rows);
  const inputs = await inputsOf(comparison, sizes, algebra);
  const settings = parseSettings({
    ...{ experiment: name, reference: 'a', generated: 'b', sizes, seeds, study_seed },
  });
  const line = progress(name, 'rows');
  try {
    return await runSweep(settings, inputs, {
      engine: workerPool({ workers: workers ?? defaultWorkers() }),
      folder: join(folder, 'draws', name.replaceAll(/[^\w-]/g, '-')),
      ...{ restart, signal, onProgress: line.update },
    });
  } finally {
    line.stop();
  }
}

async function inputsOf(
  { reference, factored, generated, isNull = false }: Comparison,
  sizes: readonly number[],
  algebra: LinearAlgebra,
): Promise<SweepInputs> {
  const { rows, dimension, name } = generated;
  const beyond = sizes.some((size) => isBeyondHalf(size, dimension, rows));
  const total = beyond ? await momentsOfFeatures(generated, algebra) : undefined;
  const shifted = total && {
    ...total,
    mean: total.mean.map((value, i) => value - factored.mean[i]!),
  };
  const provenance = {
    ...{ name, reference: reference.provenance, generated: generated.provenance },
  };
  const inputs = poolInputs(factored, generated, provenance, shifted);
  if (!isNull) return inputs;
  const { trace } = factored;
  const ofBoth = { traceReference: trace, traceGenerated: trace, traceSqrt: trace };
  return { ...inputs, population: { distance: 0, meanTerm: 0, ...ofBoth } };
}
