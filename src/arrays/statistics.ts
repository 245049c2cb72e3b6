import { StudyError } from '../errors.ts';
import { largestDimension } from './largest-dimension.ts';
import type { NpzArray } from './npz.ts';

/** The moments of a set of features: what pytorch-fid keeps as `mu` and `sigma`. */
export interface Statistics {
  /** [dimension] */
  readonly mean: Float64Array;
  /** [dimension, dimension], row-major, symmetric; divisor N − 1. */
  readonly covariance: Float64Array;
  readonly dimension: number;
}

/** The network behind statistics, as their file states it. */
export interface StatedExtractor {
  readonly name: string;
  readonly mode: string;
  /** sha256 (hex) of the network's ONNX file. */
  readonly sha256: string;
  /** Whether its distances are comparable with published FIDs. */
  readonly comparable: boolean;
  /** For a user's own network: the hashes of its files and its description. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** What is known of the set behind statistics. */
export interface StatedSet {
  /** Number of images; null if the file does not say. */
  readonly rows: number | null;
  /** Null if the file does not say. */
  readonly extractor: StatedExtractor | null;
}

/** Statistics as a file holds them. */
export interface FileStatistics extends Statistics, StatedSet {
  /** Of the covariance in the file. */
  readonly dtype: string;
  /** Statistics of spatial features, for sFID (ADM's `mu_s` and `sigma_s`), read when asked for. */
  readonly spatial?: (() => Promise<Statistics>) | undefined;
}

/** @throws StudyError if they are not a mean [d] and a covariance [d, d] */
export function checkShapes(
  { mu, sigma }: Record<'mu' | 'sigma', { readonly shape: readonly number[] }>,
  path: string,
): void {
  const [dimension = 0] = mu.shape;
  const square = sigma.shape.length === 2 && sigma.shape.every((extent) => extent === dimension);
  if (mu.shape.length !== 1 || dimension === 0 || !square) {
    const shapes = `mu (${mu.shape.join(', ')}) and sigma (${sigma.shape.join(', ')})`;
    throw new StudyError(`${path} has ${shapes}`, 'they should be mu (d,) and sigma (d, d)');
  }
  if (dimension > largestDimension) {
    throw new StudyError(
      `${path} has statistics of ${dimension} dimensions`,
      `up to ${largestDimension} are read`,
    );
  }
}

/**
 * Statistics of a file's arrays, whatever its format.
 * @param path for messages
 * @throws StudyError for misshapen arrays, NaN or infinite values, and a sigma that is not symmetric or has negative
 * variances
 */
export function statisticsOf(
  { mu, sigma }: { readonly mu: NpzArray; readonly sigma: NpzArray },
  path: string,
): Statistics & { readonly dtype: string } {
  checkShapes({ mu, sigma }, path);
  const dimension = mu.values.length;
  requireFinite(mu.values, `mu in ${path}`);
  requireFinite(sigma.values, `sigma in ${path}`);
  requireCovariance(sigma.values, dimension, path);
  return { mean: mu.values, covariance: sigma.values, dimension, dtype: sigma.dtype };
}

function requireFinite(values: Float64Array, name: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new StudyError(`${name} has the value ${values[at]} at ${at}`, 'compute it again');
  }
}

function requireCovariance(sigma: Float64Array, d: number, path: string): void {
  // Float32 sums in another order differ by some 1e-6 of the entries' scale; a wrong file by far.
  let scale = 0;
  for (let i = 0; i < d; i++) scale = Math.max(scale, Math.abs(sigma[i * d + i]!));
  for (let i = 0; i < d; i++) {
    const variance = sigma[i * d + i]!;
    // The difference of two float32 means of squares, of a feature that does not vary, may be.
    if (variance < -1e-6 * scale) {
      throw new StudyError(
        `sigma in ${path} has the variance ${variance} at (${i}, ${i})`,
        'a variance cannot be negative: the file is damaged; compute it again',
      );
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(sigma[i * d + j]! - sigma[j * d + i]!) > 1e-3 * scale) {
        throw new StudyError(
          `sigma in ${path} is not symmetric at (${i}, ${j})`,
          'is it the right file?',
        );
      }
    }
  }
}
