import type { Estimator } from '../../estimators/estimator.ts';
import { SMALLEST } from '../../estimators/extrapolate.ts';
import { recommendedEstimator } from '../../estimators/recommended.ts';
import { allEstimators, estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { referenceOfFeatures } from '../../metrics/features.ts';
import { oddRows } from '../../theory/odd-rows.ts';
import type { StudyContext } from '../kind.ts';
import type { Step } from '../steps.ts';
import { type Mechanism, mechanism } from './mechanisms.ts';
import { actualSize, type BakeOffSettings, type ReferenceKind } from './settings.ts';

/** The result of one estimator on one draw. */
export interface Attempt {
  readonly method: string;
  /** Null if the estimator failed. */
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** One draw of one size from one surrogate. */
export interface Draw {
  readonly mechanism: string;
  readonly same: boolean;
  /** Whether its moments are known, or of how many images the reference is drawn. */
  readonly reference: ReferenceKind;
  /** N at the dimension stood for. */
  readonly size: number;
  readonly repetition: number;
  readonly truth: number;
  /** Whether an estimate from this draw would be said to be reliable, by N/d, M/d and odd rows. */
  readonly isReliable: boolean;
  readonly attempts: readonly Attempt[];
}

/** Wall time of one estimator alone on one draw. */
export interface Timing {
  /** N in dimension `stands_for`, and the rows drawn for it. */
  readonly size: number;
  readonly rows: number;
  readonly method: string;
  readonly seconds: number;
}

/** The estimators of a bake-off; Chong & Forsyth's smallest size is scaled like all sizes. */
export function bakeOffEstimators(settings: BakeOffSettings): Estimator[] {
  const from = actualSize(settings, SMALLEST);
  return settings.methods ? estimatorsNamed(settings.methods, from) : allEstimators(from);
}

/**
 * All draws, repetition by repetition, so that an interrupted run has about equally many of each.
 * Surrogates of one size and repetition share their normals, so that nothing else differs.
 */
export async function allDraws(
  settings: BakeOffSettings,
  { steps, signal, progress }: Pick<StudyContext, 'steps' | 'signal' | 'progress'>,
  algebra: LinearAlgebra,
): Promise<{ draws: Draw[]; timings: Timing[] }> {
  const estimators = bakeOffEstimators(settings);
  const kinds = settings.mechanisms.flatMap((name) =>
    settings.generated.map((kind) => ({ name, same: kind === 'same' })),
  );
  const mechanisms: Mechanism[] = [];
  for (const { name, same } of kinds) {
    mechanisms.push(await mechanism(name, same, settings.dimension, algebra));
  }
  const line = progress('drawing', 'draws');
  const cells = mechanisms.flatMap((each) =>
    settings.references.map((reference) => ({ each, reference })),
  );
  const planned = settings.repetitions.flatMap((repetition) =>
    settings.sizes.flatMap((size) =>
      cells.map(({ each, reference }): Step<Draw> => {
        return {
          key: keyOf(settings, estimators, each, reference, size, repetition),
          async compute() {
            signal.throwIfAborted();
            return oneDraw(settings, estimators, each, reference, size, repetition, algebra);
          },
        };
      }),
    ),
  );
  try {
    const draws = await steps.all(planned, (done) => line.update(done, planned.length));
    const timings = settings.timings
      ? await timed(settings, estimators, mechanisms[0]!, signal, algebra)
      : [];
    return { draws, timings };
  } finally {
    line.stop();
  }
}

/** Everything that determines a draw. */
function keyOf(
  { dimension, stands_for, study_seed }: BakeOffSettings,
  estimators: readonly Estimator[],
  { name, same }: Mechanism,
  reference: ReferenceKind,
  size: number,
  repetition: number,
) {
  const methods = estimators.map(({ method }) => method);
  return { dimension, stands_for, study_seed, methods, name, same, reference, size, repetition };
}

async function oneDraw(
  settings: BakeOffSettings,
  estimators: readonly Estimator[],
  { name, same, truth, ...surrogate }: Mechanism,
  reference: ReferenceKind,
  size: number,
  repetition: number,
  algebra: LinearAlgebra,
): Promise<Draw> {
  const { dimension, study_seed } = settings;
  const rows = actualSize(settings, size);
  const pool = surrogate.draw(rows, [study_seed, repetition, 'draw', size]);
  const count = reference === 'equal' ? rows : Math.round(Number(reference) * dimension);
  const referenceFeatures =
    reference === 'known'
      ? undefined
      : surrogate.drawReference(count, [study_seed, repetition, 'reference', size, reference]);
  const factored = referenceFeatures
    ? await referenceOfFeatures(referenceFeatures, algebra)
    : surrogate.reference;
  // The rows are independent as they come: no need to shuffle them.
  const { estimates, shared } = await estimatePool(pool, factored, {
    estimators,
    seed: null,
    algebra,
    referenceFeatures,
  });
  const { isReliable } = recommendedEstimator(pool, {
    hasRows: true,
    isStratified: false,
    referenceRows: shared.referenceRows,
  });
  const attempts = estimators.map(({ method }): Attempt => {
    const found = estimates.find((each) => each.method === method);
    return {
      method,
      estimate: found?.estimate ?? null,
      lower: found?.lower ?? null,
      upper: found?.upper ?? null,
    };
  });
  return {
    mechanism: name,
    same,
    reference,
    size,
    repetition,
    truth,
    isReliable: isReliable && oddRows(shared).length === 0,
    attempts,
  };
}

async function timed(
  settings: BakeOffSettings,
  estimators: readonly Estimator[],
  { reference, draw }: Mechanism,
  signal: AbortSignal,
  algebra: LinearAlgebra,
): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const size of settings.sizes) {
    for (const estimator of estimators) {
      signal.throwIfAborted();
      const rows = actualSize(settings, size);
      const pool = draw(rows, [settings.study_seed, 1, 'draw', size]);
      const start = performance.now();
      const run = { estimators: [estimator], seed: null, algebra };
      const { failures } = await estimatePool(pool, reference, run);
      const seconds = (performance.now() - start) / 1000;
      if (failures.length === 0) timings.push({ size, rows, method: estimator.method, seconds });
    }
  }
  return timings;
}
