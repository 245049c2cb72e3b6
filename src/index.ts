/**
 * How the Fréchet Inception Distance depends on the number of generated images.
 *
 * Matrices are row-major `Float64Array`s, covariances divide by N − 1, and every error that a user
 * can fix is a `StudyError`. Anything else under `dist/` may change without notice.
 *
 * Sweeps: `sweep`. Sets of images, features or statistics: `openSide`; images to features: `extract`.
 * Distances: `frechetDistance`, `kid`, `kidSubsets`; every metric at once: `metricsOfSides`.
 * Features: `openEmbeddings`, `readNames`,
 * `statisticsOfFeatures`, and statistics files. FID at infinity: `estimateFid`; several sets:
 * `compareSets`; reported numbers at another N: `correctFid` with
 * `datasetConstant('cifar10', publishedPairs())`; images needed: `sizeForBias`. Tables that commands
 * wrote: `readSweepFolder`, `readRecords`. Surrogates (pairs of Gaussians whose moments are known):
 * `loadSurrogate`. Bias and variance in theory: `gaussianBiasConstant`, `commutingVarianceConstant`.
 *
 * @packageDocumentation
 */

export {
  type Basis,
  type Comparison,
  type ComparisonOptions,
  compareSets,
} from './answers/compare/compare.ts';
export type { ComparedSet } from './answers/compare/set-distances.ts';
export {
  type BiasConstant,
  type ConstantChoice,
  type DatasetConstant,
  datasetConstant,
} from './answers/correct/bias-constant.ts';
export { type Correction, correctFid } from './answers/correct/correct.ts';
export type { Sizes } from './answers/correct/pair-constant.ts';
export { type LabelProtocol, type PublishedPair, publishedPairs } from './answers/correct/pairs.ts';
export {
  estimateFid,
  type FidEstimation,
  type FidEstimationOptions,
  type GeneratedSet,
} from './answers/estimate/estimate-fid.ts';
export type { Prediction } from './answers/estimate/predictions.ts';
export {
  type MetricOfSets,
  type MetricsOfSets,
  type MetricsOptions,
  metricsOfSides,
} from './answers/metrics/metrics-of-sides.ts';
export { type SizeForBias, sizeForBias } from './answers/plan/fid-errors.ts';
export { readStatisticsNpz, writeStatisticsNpz } from './arrays/statistics-npz.ts';
export { readSweepFolder, type SweepResults } from './charts/sweep-folder.ts';
export type { Extraction } from './embeddings/extract.ts';
export { type ExtractOptions, extract } from './embeddings/extract-images.ts';
export type { Manifest } from './embeddings/manifest.ts';
export { readNames } from './embeddings/names.ts';
export { type Embeddings, openEmbeddings } from './embeddings/open.ts';
export type {
  ExtractionOptions,
  ExtractionProgress,
  NetworkOptions,
} from './embeddings/options.ts';
export { StudyError } from './errors.ts';
export type { Estimate } from './estimators/estimate.ts';
export type { Selection } from './images/open.ts';
export type { ArrayOptions } from './jobs/prepare.ts';
export { Unfinished } from './jobs/unfinished.ts';
export type { LinearAlgebra } from './linalg/algebra.ts';
export { fastAlgebra } from './linalg/fast.ts';
export type { Gemm, GemmOptions, Matrix } from './linalg/gemm.ts';
export { type FeatureRows, statisticsOfFeatures } from './metrics/features.ts';
export type { FrechetTerms } from './metrics/frechet.ts';
export { frechetDistance } from './metrics/frechet-distance.ts';
export { type KidEstimate, kid } from './metrics/kid.ts';
export { type KidSubsets, type KidSubsetsOptions, kidSubsets } from './metrics/kid-subsets.ts';
export type { InN, Metric, MetricContext, Need } from './metrics/metric.ts';
export { type Reference, referenceOfStatistics, type Statistics } from './metrics/reference.ts';
export { metrics } from './metrics/registry.ts';
export type { Rows, Sample } from './metrics/sample.ts';
export type { Extractor } from './models/extractor.ts';
export { type Stream, stream } from './random/stream.ts';
export { type Labels, readLabels } from './sides/labels.ts';
export { openSide, type SideOptions } from './sides/open.ts';
export type { FeaturesSide, Side, StatisticsSide } from './sides/side.ts';
export { builtInSurrogates, loadSurrogate } from './surrogates/load.ts';
export type { SurrogateDefinition } from './surrogates/schema.ts';
export type { Surrogate } from './surrogates/surrogate.ts';
export type { SweepInput } from './sweep/settings.ts';
export { type SweepRunOptions, sweep } from './sweep/sweep.ts';
export type { SweepOutput } from './sweep/to-folder.ts';
export type { Estimand, PublishedPoint } from './tables/estimand.ts';
export { readRecords, type TableRecord } from './tables/records.ts';
export type { EstimateRow, Measure, PerformanceRow } from './tables/rows.ts';
export { commutingVarianceConstant, gaussianBiasConstant } from './theory/gaussian-moments.ts';
