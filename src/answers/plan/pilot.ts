import type { Estimate } from '../../estimators/estimate.ts';
import { plugIn } from '../../estimators/plug-in.ts';
import { hasEnoughRows, recommendedEstimator } from '../../estimators/recommended.ts';
import { estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import type { Reference } from '../../metrics/reference.ts';
import { discrepancy } from '../../surrogates/spectrum.ts';
import {
  commutingVarianceConstant,
  gaussianSecondVariance,
} from '../../theory/gaussian-moments.ts';
import { influenceLimit } from '../../theory/influence-limit.ts';
import { type OddRow, oddRows } from '../../theory/odd-rows.ts';
import { constantError, constantOf } from '../../theory/population-constant.ts';
import { type BiasConstant, givenConstant } from '../correct/bias-constant.ts';
import type { PublishedPair } from '../correct/pairs.ts';

/** What a pilot says of bias and spread. */
export interface Pilot {
  readonly constant: BiasConstant;
  /** σ² and τ² of Var(FID_N) ≈ σ²/N + 2 τ²/N². */
  readonly first: number;
  readonly second: number;
  /** With 95 % chance σ² is below this. */
  readonly firstLimit: number;
  /** FID of the pilot and an estimate at infinity; null without a generated pool. */
  readonly fid: { readonly plugIn: number; readonly infinite: Estimate } | null;
  /** Rows so far out that C depends on whether they belong to the population. */
  readonly oddRows: readonly OddRow[];
}

/** A pilot pool of generated features: everything is measured, by fourth moments. */
export async function pilotOfPool(
  pool: FeatureRows,
  reference: Reference,
  {
    referenceRows,
    referenceFeatures,
  }: {
    readonly referenceRows: number | null;
    readonly referenceFeatures?: FeatureRows | undefined;
  },
  pairs: readonly PublishedPair[],
  algebra: LinearAlgebra,
): Promise<Pilot> {
  const kind = { hasRows: true, isStratified: false, referenceRows };
  const estimators = [plugIn, ...estimatorsNamed([recommendedEstimator(pool, kind).method])];
  const options = { estimators, referenceRows, referenceFeatures, algebra };
  const { estimates, shared, failures } = await estimatePool(pool, reference, options);
  const [whole, infinite] = estimates;
  if (!whole || !infinite) throw failures[0]!.error;
  // Null of statistics alone: here there are rows.
  const constant = constantOf(shared)!;
  const sizes = referenceRows === null ? [pool.rows] : [pool.rows, referenceRows];
  const isRough = !sizes.every((rows) => hasEnoughRows({ rows, dimension: pool.dimension }));
  return {
    constant: givenConstant(constant.value, constantError(constant)!, pairs, {
      dimension: pool.dimension,
      isRough,
    }),
    first: shared.variance.first,
    second: shared.variance.second,
    firstLimit: influenceLimit(shared),
    fid: { plugIn: whole.estimate, infinite },
    oddRows: oddRows(shared),
  };
}

/** How a discrepancy is spread over the spectrum in the surrogate cifar10-cfm, λ^this. */
const DISCREPANCY_EXPONENT = 0.627;

/**
 * Variance constants of a generator at a given FID from a reference of which only the spectrum is
 * known: its discrepancy is half mean, half covariance, spread as in the surrogate cifar10-cfm.
 *
 * @param eigenvalues of the reference's covariance
 * @throws StudyError for an FID that is too large for the spectrum
 */
export function spectrumVariance(
  eigenvalues: Float64Array,
  fid: number,
): { first: number; second: number } {
  const spectrum = eigenvalues.map((value) => Math.max(0, value));
  const { variances, offset } = discrepancy(spectrum, fid / 2, fid / 2, DISCREPANCY_EXPONENT);
  const squaredNorm = variances.reduce((total, value) => total + value * value, 0);
  const roots = spectrum.map((value, i) => Math.sqrt(value * variances[i]!));
  return {
    first: commutingVarianceConstant(spectrum, variances, offset),
    second: gaussianSecondVariance(squaredNorm, roots),
  };
}
