import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import type { FeatureRows } from '../metrics/features.ts';
import { spectralDistance } from '../metrics/frechet.ts';
import { featureGeometry, type Reference, type Statistics } from '../metrics/reference.ts';
import { eigenbasis, type GaussianVariances } from '../theory/eigenbasis.ts';
import { type FourthMoments, fourthMoments } from '../theory/fourth-moments.ts';
import { gaussianSecondVariance } from '../theory/gaussian-moments.ts';
import type { SubsetDistance } from '../theory/shared-results.ts';
import { influenceExcess, type VarianceModel } from '../theory/variance.ts';
import { Attempts, type Estimation, observing } from './attempts.ts';
import type { Estimator, Needs } from './estimator.ts';
import { nestedDistances, planOf } from './nested-distances.ts';
import { shuffled } from './shuffled.ts';

export interface EstimationOptions {
  readonly estimators: readonly Estimator[];
  /** M, the samples behind the reference; null (the default) where it is known exactly. */
  readonly referenceRows?: number | null;
  readonly algebra?: LinearAlgebra;
}

export interface PoolOptions extends EstimationOptions {
  /** Of the order in which nested draws and groups are taken; null keeps the pool's own order. */
  readonly seed?: number | null;
  /** Class of each row of a set that was generated with fixed shares of its classes. */
  readonly classes?: Uint32Array | undefined;
  /** Further sizes of nested draws whose FIDs are wanted, among `shared.prefixes`. */
  readonly sizes?: readonly number[];
}

/**
 * Estimates of FID_∞ from a pool of N features, by any number of estimators that share two passes
 * over it: one for second moments of all nested draws, one for fourth moments.
 *
 * @param reference its factor; its own rows are not needed
 * @throws StudyError below two rows, or for another dimension than the reference's
 */
export async function estimatePool(
  pool: FeatureRows,
  reference: Reference,
  options: PoolOptions,
): Promise<Estimation> {
  const { estimators, referenceRows = null, algebra = sharedAlgebra() } = options;
  const { seed = 0, classes, sizes = [] } = options;
  // 1. What there is to do.
  const { rows, dimension } = pool;
  requirePool(rows, dimension, reference);
  const attempts = new Attempts(estimators);
  const needs = await attempts.each((estimator) => estimator.needs({ rows, dimension }));
  const ordered = seed === null ? pool : shuffled(pool, seed, classes);
  const observers = observing(attempts, { rows, dimension, reference, algebra });

  // 2. Two passes over the rows.
  const geometry = featureGeometry(reference);
  const plan = planOf([...needs.values(), { prefixes: sizes }], rows);
  const watched = [...observers.values()];
  const { total, ...distances } = await nestedDistances(
    ordered,
    reference.mean,
    geometry,
    plan,
    watched,
    algebra,
  );
  const basis = await eigenbasis(reference, total, algebra);
  const fourth = await fourthMoments(ordered, reference.mean, total, basis, algebra);
  const observed = await attempts.each((estimator) => observers.get(estimator.method)?.finish());

  // 3. What each estimator makes of them.
  const whole = distances.prefixes.get(rows)!;
  const measured = { first: fourth.influence, second: fourth.second };
  return attempts.estimation({
    rows,
    dimension,
    reference,
    referenceRows,
    whole,
    fourth,
    observed,
    ...distances,
    variance: varianceModel(measured, basis.first, fourth, rows, referenceRows),
  });
}

/**
 * The same from statistics alone: those estimators that need no rows. Standard errors are those of
 * Gaussian features.
 *
 * @param rows N, the samples behind the statistics
 * @throws StudyError for another dimension than the reference's
 */
export async function estimateStatistics(
  statistics: Statistics,
  rows: number,
  reference: Reference,
  { estimators, referenceRows = null, algebra = sharedAlgebra() }: EstimationOptions,
): Promise<Estimation> {
  const dimension = statistics.mean.length;
  requirePool(rows, dimension, reference);
  const attempts = new Attempts(estimators);
  await attempts.each((estimator) => {
    const needs = estimator.needs({ rows, dimension });
    if (estimator.observe || needsRows(needs)) {
      throw new StudyError(
        `${estimator.method} needs the features themselves, not their statistics`,
        'give features or images, or use analytic-gaussian',
      );
    }
  });
  const moments: SampleMoments = {
    count: rows,
    mean: statistics.mean.map((value, i) => value - reference.mean[i]!),
    covariance: { data: statistics.covariance, rows: dimension, columns: dimension },
  };
  const spectral = await spectralDistance(featureGeometry(reference), moments, algebra);
  const whole: SubsetDistance = { size: rows, ...spectral };
  const basis = await eigenbasis(reference, moments, algebra);
  // tr P² of a sample is too large by (tr P)²/N.
  const squaredNorm = statistics.covariance.reduce((total, value) => total + value * value, 0);
  const second = gaussianSecondVariance(
    Math.max(0, squaredNorm - whole.terms.traceGenerated ** 2 / rows),
    whole.roots,
  );
  const measured = { first: basis.first.generated, second };
  return attempts.estimation({
    rows,
    dimension,
    reference,
    referenceRows,
    whole,
    prefixes: new Map([[rows, whole]]),
    leftOut: new Map(),
    parts: new Map(),
    fourth: null,
    variance: varianceModel(measured, basis.first, null, rows, referenceRows),
    observed: new Map(),
  });
}

function varianceModel(
  { first, second }: { readonly first: number; readonly second: number },
  gaussian: GaussianVariances,
  fourth: FourthMoments | null,
  rows: number,
  referenceRows: number | null,
): VarianceModel {
  const excess = influenceExcess(second, rows, referenceRows);
  // Only its statistics are known: the reference's tails are taken to be those of the pool.
  const tails = fourth && gaussian.generated > 0 ? fourth.influence / gaussian.generated : 1;
  return {
    first: Math.max(0, first - excess),
    second,
    diagonal: fourth?.diagonal ?? 0,
    covariance: fourth?.covariance ?? 0,
    reference: Math.max(0, tails * gaussian.reference - excess),
    referenceRows,
  };
}

function needsRows({ prefixes, groups, parts, rows }: Needs): boolean {
  return Boolean(prefixes || groups || parts || rows);
}

function requirePool(rows: number, dimension: number, { mean }: Reference): void {
  if (rows < 2) {
    throw new StudyError(`a pool of ${rows}`, 'a covariance needs two samples at least');
  }
  if (dimension !== mean.length) {
    throw new StudyError(
      `reference has ${mean.length} dimensions, generated ${dimension}`,
      'compare features of one extractor',
    );
  }
}
