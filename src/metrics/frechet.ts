import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { columnMeans, contrasts } from '../linalg/contrasts.ts';
import type { Gemm, Matrix } from '../linalg/gemm.ts';
import { lowerGram } from '../linalg/gram.ts';
import {
  congruence,
  type LinearMap,
  mapRows,
  mapVector,
  traceAfter,
} from '../linalg/linear-map.ts';
import type { SampleMoments } from '../linalg/scatter.ts';

/** A Fréchet distance and the terms it is made of. */
export interface FrechetTerms {
  /** |μ − m|² + tr P + tr Q − 2 tr (Q^½ P Q^½)^½; rounding may leave it slightly below 0. */
  readonly distance: number;
  /** |μ − m|² */
  readonly meanTerm: number;
  /** tr Q */
  readonly traceReference: number;
  /** tr P */
  readonly traceGenerated: number;
  /** tr (Q^½ P Q^½)^½ */
  readonly traceSqrt: number;
}

/** A distance with the spectrum that it is made of, which its bias is made of too. */
export interface SpectralDistance {
  readonly terms: FrechetTerms;
  /** s_i, the roots of the eigenvalues of Q^½ S Q^½, ascending. */
  readonly roots: Float64Array;
}

/**
 * A reference, and how a sample's coordinates z relate to it: x − m = offset + z · map. For plain
 * features z is x − m itself; a surrogate draws white z and leaves the scaling to `map`.
 */
export interface Geometry {
  /** Coordinates of z. */
  readonly dimension: number;
  /** Where z = 0 lies, seen from the reference's mean. */
  readonly offset: Float64Array;
  readonly map: LinearMap;
  /** map · L, with Q = L Lᵀ the reference's covariance: eig(S after it) = eig(Q^½ S_x Q^½). */
  readonly whitened: LinearMap;
  /** tr Q */
  readonly traceReference: number;
}

/**
 * Fréchet distance between the reference and a sample given by its moments.
 *
 * The eigenvalues of Q^½ S Q^½ are those of Lᵀ S L for any factor Q = L Lᵀ: symmetric, so real and
 * non-negative, and no matrix square root is needed (docs/theory.md, section 2; Dowson & Landau 1982
 * for the distance).
 */
export async function distanceOfMoments(
  geometry: Geometry,
  { mean, covariance }: Pick<SampleMoments, 'mean' | 'covariance'>,
  { gemm, symmetricEigenvalues }: LinearAlgebra,
): Promise<FrechetTerms> {
  const product = await congruence(geometry.whitened, covariance, gemm);
  const eigenvalues = await symmetricEigenvalues(product.data, product.rows);
  const traceGenerated = await traceAfter(geometry.map, covariance, gemm);
  return terms(geometry, mean, traceGenerated, eigenvalues);
}

/**
 * The same with the spectrum that it is made of: the roots s_i of the eigenvalues of Q^½ S Q^½,
 * ascending. Of a sample of n rows only the largest n − 1 are kept: the others are 0, and rounding
 * would give each a root of 1e-8.
 *
 * @throws StudyError if the sample covariance is not positive semidefinite
 */
export async function spectralDistance(
  geometry: Geometry,
  { count, mean, covariance }: SampleMoments,
  { gemm, symmetricEigenvalues }: LinearAlgebra,
): Promise<SpectralDistance> {
  const product = await congruence(geometry.whitened, covariance, gemm);
  const all = await symmetricEigenvalues(product.data, product.rows);
  const eigenvalues = all.subarray(Math.max(0, all.length - (count - 1)));
  const traceGenerated = await traceAfter(geometry.map, covariance, gemm);
  requireNoNegative(all, traceGenerated, geometry);
  return {
    terms: terms(geometry, mean, traceGenerated, eigenvalues),
    roots: rootsOf(eigenvalues),
  };
}

/**
 * Fréchet distance between the reference and a sample given by its rows z [n, d], for n ≤ d, with its
 * spectrum.
 *
 * @param mean z̄ [d]
 */
export function spectralDistanceOfRows(
  geometry: Geometry,
  z: Matrix,
  mean: Float64Array,
  algebra: LinearAlgebra,
): Promise<SpectralDistance> {
  return spectralDistanceOfContrasts(geometry, contrasts(z, mean), mean, algebra);
}

/** Its terms alone. */
export async function distanceOfRows(
  geometry: Geometry,
  z: Matrix,
  mean: Float64Array,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  return (await spectralDistanceOfRows(geometry, z, mean, algebra)).terms;
}

/**
 * The same from mean-free rows Y [n − 1, d] with Yᵀ Y = (n − 1) S: the Gram matrix of the
 * transformed rows has the same non-zero eigenvalues as the covariance and is smaller, and no zero
 * eigenvalue is left to be blurred by rounding.
 */
export async function distanceOfContrasts(
  geometry: Geometry,
  centred: Matrix,
  mean: Float64Array,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  return (await spectralDistanceOfContrasts(geometry, centred, mean, algebra)).terms;
}

async function spectralDistanceOfContrasts(
  geometry: Geometry,
  centred: Matrix,
  mean: Float64Array,
  { gemm, symmetricEigenvalues }: LinearAlgebra,
): Promise<SpectralDistance> {
  const whitened = await mapRows(geometry.whitened, centred, gemm);
  const eigenvalues = await eigenvaluesOfContrasts(whitened, { gemm, symmetricEigenvalues });
  const traceGenerated = await traceOfContrasts(geometry, centred, gemm);
  return {
    terms: terms(geometry, mean, traceGenerated, eigenvalues),
    roots: rootsOf(eigenvalues),
  };
}

/**
 * The same from rows z [n, d] and these after `geometry.whitened`, which draws that share rows need
 * map only once.
 */
export async function distanceOfWhitenedRows(
  geometry: Geometry,
  z: Matrix,
  whitened: Matrix,
  algebra: LinearAlgebra,
): Promise<FrechetTerms> {
  const mean = columnMeans(z);
  const centred = contrasts(whitened, columnMeans(whitened));
  const eigenvalues = await eigenvaluesOfContrasts(centred, algebra);
  const traceGenerated = await traceOfContrasts(geometry, contrasts(z, mean), algebra.gemm);
  return terms(geometry, mean, traceGenerated, eigenvalues);
}

/** Of Yᵀ Y / n for Y [n, r], those that are not zero for want of rows or columns. */
async function eigenvaluesOfContrasts(
  y: Matrix,
  { gemm, symmetricEigenvalues }: Pick<LinearAlgebra, 'gemm' | 'symmetricEigenvalues'>,
): Promise<Float64Array> {
  const gram =
    y.columns < y.rows ? await gemm.multiply(y, y, { transposeA: true }) : await lowerGram(y, gemm);
  const squared = await symmetricEigenvalues(gram.data, gram.rows);
  return squared.map((value) => value / y.rows);
}

/** tr P */
async function traceOfContrasts({ map }: Geometry, centred: Matrix, gemm: Gemm): Promise<number> {
  const mapped = await mapRows(map, centred, gemm);
  let squares = 0;
  for (const value of mapped.data) squares += value * value;
  return squares / centred.rows;
}

/**
 * How far below 0 the smallest eigenvalue may be, as a share of the largest. Rounding leaves 3e-10 at
 * most with covariances of real features in float32 (of 2 to 5,000 images, 256 to 2,048 dimensions,
 * most of them singular), 2e-8 in float16. A negative direction of 1e-4 would take a hundredth of the
 * largest root out of the distance, and all of them together could leave nothing of it.
 */
const MOST_NEGATIVE = 1e-4;

/** @param eigenvalues of Q^½ P Q^½, ascending */
function requireNoNegative(
  eigenvalues: Float64Array,
  traceGenerated: number,
  { dimension, traceReference }: Geometry,
): void {
  const [smallest = 0, largest = 0] = [eigenvalues[0], eigenvalues.at(-1)];
  // Where P and Q have no direction in common, or one of them has no variance, every eigenvalue is
  // rounding: that of sums and of the product.
  const rounding = dimension * Number.EPSILON * (traceGenerated + traceReference) ** 2;
  if (smallest >= -Math.max(MOST_NEGATIVE * largest, rounding)) return;
  throw new StudyError(
    `the generated covariance is not positive semidefinite: its eigenvalues (whitened by the reference) range from ${smallest.toPrecision(3)} to ${largest.toPrecision(3)}`,
    'a covariance has no negative direction: compute these statistics again',
  );
}

/** Rounding can leave zero eigenvalues slightly negative. */
function rootsOf(eigenvalues: Float64Array): Float64Array {
  return eigenvalues.map((value) => Math.sqrt(Math.max(value, 0)));
}

function terms(
  { offset, map, traceReference }: Geometry,
  mean: Float64Array,
  traceGenerated: number,
  eigenvalues: Float64Array,
): FrechetTerms {
  let meanTerm = 0;
  for (const [i, value] of mapVector(map, mean).entries()) meanTerm += (offset[i]! + value) ** 2;
  // Summed from the smallest up. Rounding can leave zero eigenvalues slightly negative.
  let traceSqrt = 0;
  for (const value of eigenvalues) traceSqrt += Math.sqrt(Math.max(value, 0));
  const distance = meanTerm + traceReference + traceGenerated - 2 * traceSqrt;
  return { distance, meanTerm, traceReference, traceGenerated, traceSqrt };
}
