import type { LinearAlgebra } from '../linalg/algebra.ts';
import { columnMeans, contrasts } from '../linalg/contrasts.ts';
import type { Matrix } from '../linalg/gemm.ts';
import type { Geometry } from './frechet.ts';

/** The mean and covariance of a distribution, as in a statistics file. */
export interface Statistics {
  /** [d] */
  readonly mean: Float64Array;
  /** Symmetric [d, d], row-major, divided by N − 1. */
  readonly covariance: Float64Array;
}

/** A reference prepared for distances: its mean and a factor of its covariance. */
export interface Reference {
  readonly mean: Float64Array;
  readonly trace: number;
  /** L [d, rank] with Q = L Lᵀ. */
  readonly factor: Matrix;
}

/**
 * Factors a reference's covariance once, for any number of distances to it. Coordinates without variance
 * (dead ReLU features) and a deficient rank make the factor narrower and the distances cheaper.
 */
export async function referenceOfStatistics(
  { mean, covariance }: Statistics,
  { semidefiniteFactor }: LinearAlgebra,
): Promise<Reference> {
  const d = mean.length;
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  const { factor, rank } = await semidefiniteFactor(covariance, d);
  return { mean, trace, factor: { data: factor, rows: d, columns: rank } };
}

/**
 * The same from features x [M, d] with M ≤ d: their contrasts Y already are a factor,
 * Q = Yᵀ Y / (M − 1), and no digit is lost in forming a singular Q.
 */
export function referenceOfRows(x: Matrix): Reference {
  const mean = columnMeans(x);
  const y = contrasts(x, mean);
  const scale = 1 / Math.sqrt(y.rows);
  const factor = new Float64Array(y.columns * y.rows);
  let trace = 0;
  for (let i = 0, k = 0; i < y.rows; i++) {
    for (let j = 0; j < y.columns; j++, k++) {
      const value = y.data[k]! * scale;
      factor[j * y.rows + i] = value;
      trace += value * value;
    }
  }
  return { mean, trace, factor: { data: factor, rows: y.columns, columns: y.rows } };
}

/** Geometry for samples given as z = x − m. */
export function featureGeometry(reference: Reference): Geometry {
  const dimension = reference.mean.length;
  return {
    dimension,
    offset: new Float64Array(dimension),
    map: { kind: 'identity' },
    whitened: { kind: 'dense', matrix: reference.factor },
    traceReference: reference.trace,
  };
}
