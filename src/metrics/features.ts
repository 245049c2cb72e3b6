import { largestDimension } from '../arrays/largest-dimension.ts';
import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { columnMeans } from '../linalg/contrasts.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { Floats, Matrix } from '../linalg/gemm.ts';
import { type Precision, type SampleMoments, Scatter } from '../linalg/scatter.ts';
import {
  type FrechetTerms,
  type SpectralDistance,
  spectralDistance,
  spectralDistanceOfRows,
} from './frechet.ts';
import {
  featureGeometry,
  type Reference,
  referenceOfRows,
  referenceOfStatistics,
  type Statistics,
} from './reference.ts';

/** Features [rows, dimension], read block by block from a cache folder or a `.npy`. */
export interface FeatureRows {
  /** Their path, for messages. */
  readonly path?: string;
  readonly rows: number;
  readonly dimension: number;
  /** Reads rows `start` to `start + count` into `out`, row-major. */
  readBlock(start: number, count: number, out: Float64Array): void;
}

/** Features [rows, dimension] that are in memory, row-major. */
export function featuresInMemory(values: Floats, dimension: number): FeatureRows {
  return {
    rows: values.length / dimension,
    dimension,
    readBlock: (start, count, out) =>
      out.set(values.subarray(start * dimension, (start + count) * dimension)),
  };
}

/** Rows read at a time: memory does not grow with the number of features. */
export const BLOCK = 1024;

/**
 * Sample mean and covariance (divisor N − 1) of all rows, in float64.
 *
 * @param precision of the products, see `Scatter`
 * @throws StudyError below two rows
 */
export async function momentsOfFeatures(
  features: FeatureRows,
  { gemm }: LinearAlgebra,
  precision: Precision = 'double',
): Promise<SampleMoments> {
  requireCovariance(features);
  const { rows, dimension } = features;
  const scatter = new Scatter(dimension, gemm, precision);
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  // Centred near the mean; otherwise the covariance would lose digits to cancellation.
  const first = Math.min(BLOCK, rows);
  features.readBlock(0, first, block);
  const shift = columnMeans({ data: block, rows: first, columns: dimension });
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    features.readBlock(start, count, block);
    await scatter.add(block, count, shift);
  }
  const moments = await scatter.moments();
  return { ...moments, mean: moments.mean.map((value, i) => value + shift[i]!) };
}

/**
 * The content of a statistics file: mean [d] and covariance [d, d] of all rows, and their number.
 *
 * @param algebra default: onnxruntime's products on all cores
 * @throws StudyError below two rows
 */
export async function statisticsOfFeatures(
  features: FeatureRows,
  algebra: LinearAlgebra = sharedAlgebra(),
): Promise<Statistics & { readonly dimension: number; readonly rows: number }> {
  const { count, mean, covariance } = await momentsOfFeatures(features, algebra);
  return { mean, covariance: covariance.data, dimension: mean.length, rows: count };
}

/**
 * A reference from features: from their covariance, or from their rows if there are at most d.
 *
 * @throws StudyError below two rows
 */
export async function referenceOfFeatures(
  features: FeatureRows,
  algebra: LinearAlgebra,
): Promise<Reference> {
  if (features.rows <= features.dimension) return referenceOfRows(allRows(features));
  const { mean, covariance } = await momentsOfFeatures(features, algebra);
  return referenceOfStatistics({ mean, covariance: covariance.data }, algebra);
}

/**
 * FID of all rows of a set of features against a reference.
 *
 * @throws StudyError below two rows
 */
export async function distanceOfFeatures(
  reference: Reference,
  features: FeatureRows,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  return (await spectralDistanceOfFeatures(reference, features, algebra)).terms;
}

/** The same with its spectrum. @throws StudyError below two rows */
export async function spectralDistanceOfFeatures(
  reference: Reference,
  features: FeatureRows,
  algebra: LinearAlgebra,
): Promise<SpectralDistance> {
  const geometry = featureGeometry(reference);
  if (features.rows > features.dimension) {
    const { count, mean, covariance } = await momentsOfFeatures(features, algebra);
    const offset = mean.map((value, i) => value - reference.mean[i]!);
    return spectralDistance(geometry, { count, mean: offset, covariance }, algebra);
  }
  const z = allRows(features);
  subtractRow(z.data, reference.mean, z.rows);
  return spectralDistanceOfRows(geometry, z, columnMeans(z), algebra);
}

/** Subtracts a row [d] from the first `count` rows [count, d], in place. */
export function subtractRow(rows: Float64Array, row: Float64Array, count: number): void {
  const d = row.length;
  for (let i = 0, k = 0; i < count; i++) {
    for (let j = 0; j < d; j++) rows[k++]! -= row[j]!;
  }
}

function allRows(features: FeatureRows): Matrix {
  requireCovariance(features);
  const { rows, dimension } = features;
  const data = new Float64Array(rows * dimension);
  features.readBlock(0, rows, data);
  return { data, rows, columns: dimension };
}

/** @throws StudyError if there is no covariance, or it would not fit into memory */
function requireCovariance({ rows, dimension, path = 'a set of features' }: FeatureRows): void {
  if (dimension > largestDimension) {
    throw new StudyError(
      `${path} has features of ${dimension} dimensions`,
      `FID supports up to ${largestDimension}; is it the right layer?`,
    );
  }
  if (rows < 2) {
    throw new StudyError(
      `${path} has ${rows} row${rows === 1 ? '' : 's'}`,
      'a covariance needs the features of at least two images',
    );
  }
}
