import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { SampleMoments } from '../linalg/scatter.ts';
import type { FeatureRows } from '../metrics/features.ts';
import { spectralDistance } from '../metrics/frechet.ts';
import { featureGeometry, type Reference, type Statistics } from '../metrics/reference.ts';
import { eigenbasis, type GaussianVariances } from '../theory/eigenbasis.ts';
import { gaussianSecondVariance } from '../theory/gaussian-moments.ts';
import { resolventOf } from '../theory/resolvent.ts';
import { type RowMoments, rowMoments } from '../theory/row-moments.ts';
import type { SubsetDistance } from '../theory/shared-results.ts';
import { influenceExcess, type VarianceModel } from '../theory/variance.ts';
import { Attempts, type Estimation, observing } from './attempts.ts';
import type { Estimator, Needs } from './estimator.ts';
import { nestedDistances, planOf } from './nested-distances.ts';
import { withoutReferenceGroups } from './reference-groups.ts';
import { shuffled } from './shuffled.ts';

export interface EstimationOptions {
  readonly estimators: readonly Estimator[];
  /** M, the samples behind the reference; null (the default) where it is known exactly. */
  readonly referenceRows?: number | null;
  /** The reference's own features, which tell its tails; M is their number. */
  readonly referenceFeatures?: FeatureRows | undefined;
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
 * over it: one for second moments of all nested draws, one for what each row does. The reference's
 * own rows are read once where they are given.
 *
 * @param reference its factor
 * @throws StudyError below two rows, or for another dimension than the reference's
 */
export async function estimatePool(
  pool: FeatureRows,
  reference: Reference,
  options: PoolOptions,
): Promise<Estimation> {
  const { estimators, referenceFeatures, algebra = sharedAlgebra() } = options;
  const referenceRows = rowsOfReference(options);
  const { seed = 0, classes, sizes = [] } = options;
  // 1. What there is to do.
  const { rows, dimension } = pool;
  requirePool(rows, dimension, reference);
  const attempts = new Attempts(estimators);
  const needs = await attempts.each((estimator) => estimator.needs({ rows, dimension }));
  const ordered = seed === null ? pool : shuffled(pool, seed, classes);
  const observers = observing(attempts, { rows, dimension, reference, algebra });

  // 2. Two passes over the rows, one over the reference's.
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
  const resolvent = resolventOf(basis.generated.roots);
  const centre = reference.mean.map((value, i) => value + total.mean[i]!);
  const ofGenerated = await rowMoments(
    ordered,
    centre,
    total.mean,
    basis.generated,
    resolvent,
    algebra,
  );
  const orderedReference =
    referenceFeatures && seed !== null ? shuffled(referenceFeatures, seed) : referenceFeatures;
  const ofReference = orderedReference
    ? await rowMoments(
        orderedReference,
        reference.mean,
        total.mean.map((value) => -value),
        basis.reference,
        resolvent,
        algebra,
      )
    : null;
  const referenceLeftOut = orderedReference
    ? await withoutReferenceGroups(orderedReference, [...needs.values()], centre, total, algebra)
    : new Map<number, readonly SubsetDistance[]>();
  const observed = await attempts.each((estimator) => observers.get(estimator.method)?.finish());

  // 3. What each estimator makes of them.
  const whole = distances.prefixes.get(rows)!;
  return attempts.estimation({
    rows,
    dimension,
    reference,
    referenceRows,
    whole,
    resolvent,
    ofGenerated,
    ofReference,
    observed,
    referenceLeftOut,
    ...distances,
    variance: varianceModel(ofGenerated, ofReference, basis.first, rows, referenceRows),
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
  { estimators, referenceRows = null, algebra = sharedAlgebra() }: StatisticsOptions,
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
  const measured = { influence: basis.first.generated, diagonal: 0, covariance: 0, second };
  return attempts.estimation({
    rows,
    dimension,
    reference,
    referenceRows,
    whole,
    resolvent: resolventOf(basis.generated.roots),
    ofGenerated: null,
    ofReference: null,
    prefixes: new Map([[rows, whole]]),
    leftOut: new Map(),
    referenceLeftOut: new Map(),
    parts: new Map(),
    variance: varianceModel(measured, null, basis.first, rows, referenceRows),
    observed: new Map(),
  });
}

/** Of statistics there are no rows to read, on either side. */
type StatisticsOptions = Omit<EstimationOptions, 'referenceFeatures'>;

/** @throws StudyError where the features are not as many as is said */
function rowsOfReference({
  referenceRows = null,
  referenceFeatures,
}: EstimationOptions): number | null {
  if (!referenceFeatures) return referenceRows;
  const { rows } = referenceFeatures;
  if (referenceRows === null || referenceRows === rows) return rows;
  throw new StudyError(
    `${rows} reference features, said to be of ${referenceRows} images`,
    'leave out the number: it is that of the features',
  );
}

type Spread = Pick<RowMoments, 'influence' | 'diagonal' | 'covariance' | 'second'>;

/**
 * With P = Q all of the influences' variance is what the samples' own T has added, 4 (τ/N + τ_ref/M)²
 * of their FID. By pairs of rows it may come out larger, where tails are so heavy that E h(x, y)² is
 * not yet what FID does at this N: then τ² is what the influences allow.
 */
function varianceModel(
  generated: Spread,
  ofReference: Spread | null,
  gaussian: GaussianVariances,
  rows: number,
  referenceRows: number | null,
): VarianceModel {
  // Only its statistics are known: the reference's tails are taken to be those of the pool.
  const tails = gaussian.generated > 0 ? generated.influence / gaussian.generated : 1;
  const reference = ofReference ?? {
    influence: tails * gaussian.reference,
    second: generated.second,
  };
  // What a reference has that is known by its statistics alone cannot be told from its rows.
  const inverse = ofReference === null || referenceRows === null ? 0 : 1 / referenceRows;
  const all = generated.influence / rows + reference.influence * inverse;
  const roots = Math.sqrt(generated.second) / rows + Math.sqrt(reference.second) * inverse;
  const share = Math.min(1, all / (4 * roots ** 2) || 0);
  const [second, referenceSecond] = [share * generated.second, share * reference.second];
  const excess = influenceExcess(second, rows, referenceSecond, referenceRows);
  const ofOther =
    referenceRows === null ? 0 : influenceExcess(referenceSecond, referenceRows, second, rows);
  return {
    first: Math.max(0, generated.influence - excess),
    second,
    diagonal: generated.diagonal,
    covariance: generated.covariance,
    reference: Math.max(0, reference.influence - ofOther),
    referenceSecond,
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
