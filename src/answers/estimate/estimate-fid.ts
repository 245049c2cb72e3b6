import { StudyError } from '../../errors.ts';
import type { Estimation } from '../../estimators/attempts.ts';
import type { Estimate } from '../../estimators/estimate.ts';
import type { Estimator } from '../../estimators/estimator.ts';
import { recommendedEstimator } from '../../estimators/recommended.ts';
import { allEstimators, estimatorsNamed } from '../../estimators/registry.ts';
import { estimatePool, estimateStatistics } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import type { Reference, Statistics } from '../../metrics/reference.ts';
import { referenceBias } from '../../theory/bias-constants.ts';
import { type OddRow, oddRows } from '../../theory/odd-rows.ts';
import { constantError, constantOf, gaussianConstant } from '../../theory/population-constant.ts';
import type { SharedResults } from '../../theory/shared-results.ts';
import { combinationError, givenReference, oneDistance } from '../../theory/variance.ts';
import { type Prediction, predictions } from './predictions.ts';

/** A generated set: its features, or statistics of a known number of images. */
export type GeneratedSet =
  | { readonly kind: 'features'; readonly features: FeatureRows }
  | { readonly kind: 'statistics'; readonly statistics: Statistics; readonly rows: number };

export interface FidEstimationOptions {
  /** Estimators by name, the first for FID_∞; none for the recommended one, `all` for all. */
  readonly methods?: readonly string[];
  /** Sizes to say of what a plug-in FID would be there. */
  readonly sizes: readonly number[];
  /** M; null if the reference is known exactly or its size is not. */
  readonly referenceRows: number | null;
  /** The reference's own features, where they are at hand: they tell its tails. */
  readonly referenceFeatures?: FeatureRows | undefined;
  /** Class of each image of a set with fixed shares of its classes. */
  readonly classes?: Uint32Array | undefined;
  /** Of the order in which draws are taken. */
  readonly seed?: number;
  /** By default onnxruntime's products on all cores. */
  readonly algebra?: LinearAlgebra;
}

/** All that a pool says of FID beyond the FID of all its images. */
export interface FidEstimation {
  /** N */
  readonly rows: number;
  readonly dimension: number;
  /** M; null if it is not known. */
  readonly referenceRows: number | null;
  /** Whether the reference's rows were there to tell its tails. */
  readonly hasReferenceRows: boolean;
  /** The plug-in, and its standard error over images with the reference as it is. */
  readonly fid: number;
  readonly fidError: number;
  /** Ĉ of FID_N ≈ FID_∞ + C/N, by the spectrum of the populations. */
  readonly constant: {
    readonly gaussian: number;
    /** By fourth moments, with its standard error; null of statistics. */
    readonly fourth: { readonly value: number; readonly se: number } | null;
    /**
     * Of sets with fixed shares of classes, by the jackknife: the two above are those of independent
     * images, and too large for such a set. Null without classes, or by another method.
     */
    readonly stratified: { readonly value: number; readonly se: number } | null;
  };
  /** Of the bias, what comes from a finite reference. */
  readonly referenceBias: number;
  /** FID_∞ by the first method; null if it failed. */
  readonly infinity: Estimate | null;
  /** Whether the method was chosen by N and d. */
  readonly isRecommended: boolean;
  /** Whether N and M are enough to rely on one, and no row is so far out that none can be. */
  readonly isReliable: boolean;
  /** Rows that are that far out. */
  readonly oddRows: readonly OddRow[];
  readonly estimates: readonly Estimate[];
  readonly failures: Estimation['failures'];
  readonly predictions: readonly Prediction[];
}

/**
 * Estimates FID_∞ of a generated set against a reference, and what its FID would be at other sizes.
 *
 * @param reference its factor, as `referenceOfStatistics` gives it
 * @example
 * const real = await statisticsOfFeatures(await openEmbeddings('real'));
 * const reference = await referenceOfStatistics(real, fastAlgebra(4));
 * const features = await openEmbeddings('samples-features');
 * const { infinity } = await estimateFid({ kind: 'features', features }, reference, {
 *   sizes: [50_000],
 *   referenceRows: real.rows,
 *   referenceFeatures: await openEmbeddings('real'),
 * });
 * @throws StudyError for an unknown method, one that was named alone and fails, fewer than two images,
 *   or another dimension than the reference's
 */
export async function estimateFid(
  generated: GeneratedSet,
  reference: Reference,
  {
    methods = [],
    sizes,
    referenceRows,
    referenceFeatures,
    classes,
    seed = 0,
    algebra = sharedAlgebra(),
  }: FidEstimationOptions,
): Promise<FidEstimation> {
  const dimension = reference.mean.length;
  const rows = generated.kind === 'features' ? generated.features.rows : generated.rows;
  const hasRows = generated.kind === 'features';
  const kind = { hasRows, isStratified: classes !== undefined, referenceRows };
  const recommended = recommendedEstimator({ rows, dimension }, kind);
  const estimators = chosen(methods, recommended.method);
  const options = { estimators, referenceRows, algebra };
  const { shared, estimates, failures } =
    generated.kind === 'features'
      ? await estimatePool(generated.features, reference, {
          ...options,
          seed,
          classes,
          referenceFeatures,
          sizes: sizes.filter((size) => size < rows),
        })
      : await estimateStatistics(generated.statistics, rows, reference, options);
  const [only] = failures;
  if (only && estimates.length === 0) throw only.error;
  const wanted = methods[0] === undefined || methods[0] === 'all' ? recommended.method : methods[0];
  const infinity = estimates.find(({ method }) => method === wanted) ?? null;
  const odd = oddRows(shared);
  const fromReference = infinity?.referenceBias ?? referenceBias(shared, 'fourth');
  return {
    rows,
    dimension,
    referenceRows,
    hasReferenceRows: shared.ofReference !== null,
    infinity,
    estimates,
    failures,
    fid: shared.whole.terms.distance,
    fidError: combinationError(givenReference(shared.variance), oneDistance(rows)),
    constant: constants(shared, classes ? infinity : null),
    referenceBias: fromReference,
    isRecommended: wanted === recommended.method,
    isReliable: recommended.isReliable && odd.length === 0,
    oddRows: odd,
    predictions: predictions(shared, infinity, fromReference, sizes),
  };
}

function chosen(methods: readonly string[], recommended: string): Estimator[] {
  if (methods.length === 0) return estimatorsNamed([recommended]);
  if (methods.includes('all')) {
    if (methods.length === 1) return allEstimators();
    throw new StudyError(`method all among others: ${methods.join(', ')}`, 'give it alone');
  }
  return estimatorsNamed([...new Set(methods)]);
}

/** @param stratified estimate of FID_∞ from draws that keep the shares of classes, if they do */
function constants(shared: SharedResults, stratified: Estimate | null): FidEstimation['constant'] {
  const found = constantOf(shared);
  return {
    gaussian: gaussianConstant(shared),
    fourth: found && { value: found.value, se: constantError(found)! },
    stratified:
      stratified?.method === 'jackknife' && stratified.constant
        ? { value: stratified.constant.value, se: constantError(stratified.constant)! }
        : null,
  };
}
