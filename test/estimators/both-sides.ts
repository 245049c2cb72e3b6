import type { Estimate } from '../../src/estimators/estimate.ts';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../src/metrics/features.ts';
import { type MechanismName, mechanism } from '../../src/studies/bake-off/mechanisms.ts';
import { performance } from '../../src/theory/performance.ts';
import { constantError } from '../../src/theory/population-constant.ts';
import type { SharedResults } from '../../src/theory/shared-results.ts';

const algebra = fastAlgebra(1);

/** A surrogate of so many dimensions, its rows drawn on both sides, again and again. */
export interface Case {
  readonly name: MechanismName;
  readonly same: boolean;
  readonly dimension: number;
  /** N/d, and M/d */
  readonly generated: number;
  readonly reference: number;
  readonly repetitions: number;
  /** Whether the estimator sees the reference's rows, or their statistics alone. */
  readonly hasReferenceRows?: boolean;
}

export interface Found {
  readonly estimates: readonly Estimate[];
  readonly shared: SharedResults;
  readonly truth: number;
}

/** What estimators make of each repetition. */
export async function draws(
  { name, same, dimension, generated, reference, repetitions, hasReferenceRows = true }: Case,
  methods: readonly string[] = ['plug-in', 'random-matrix-rows'],
): Promise<Found[]> {
  const surrogate = await mechanism(name, same, dimension, algebra);
  const all: Found[] = [];
  for (let seed = 0; seed < repetitions; seed++) {
    const real = surrogate.drawReference(Math.round(reference * dimension), ['both', 'real', seed]);
    const pool = surrogate.draw(Math.round(generated * dimension), ['both', 'drawn', seed]);
    const { estimates, shared, failures } = await estimatePool(
      pool,
      await referenceOfFeatures(real, algebra),
      {
        estimators: estimatorsNamed(methods),
        seed: null,
        algebra,
        referenceRows: real.rows,
        ...(hasReferenceRows && { referenceFeatures: real }),
      },
    );
    for (const { error } of failures) throw error;
    all.push({ estimates, shared, truth: surrogate.truth });
  }
  return all;
}

/** Share of the last method's intervals that hold the truth, and its bias over the plug-in's. */
export function performanceOf(found: readonly Found[]) {
  const holds = found.filter(({ estimates, truth }) => {
    const { lower, upper } = estimates.at(-1)!;
    return lower! <= truth && truth <= upper!;
  });
  const errorsOf = (index: number) =>
    found.map(({ estimates, truth }) => estimates.at(index)!.estimate - truth);
  const plugIn = performance(errorsOf(0), 0).bias.value;
  const { bias } = performance(errorsOf(-1), 0);
  return {
    coverage: holds.length / found.length,
    bias: bias.value / plugIn,
    /** Monte-Carlo error of the bias. */
    error: bias.mcse! / plugIn,
  };
}

/** Share of the intervals of C that hold the truth, and its mean error as a share of that. */
export function constantPerformance(found: readonly Found[], truth: number) {
  const constants = found.map(({ estimates }) => estimates.at(-1)!.constant!);
  const holds = constants.filter(
    (each) => Math.abs(each.value - truth) <= 1.96 * constantError(each)!,
  );
  const mean = constants.reduce((sum, { value }) => sum + value, 0) / constants.length;
  return { coverage: holds.length / constants.length, error: mean / truth - 1 };
}
