import { StudyError } from '../errors.ts';
import { largestDimension } from './largest-dimension.ts';
import { type NpzArray, readNpz, writeNpz } from './npz.ts';

/** The moments of a set of features: what pytorch-fid keeps as `mu` and `sigma`. */
export interface Statistics {
  /** [dimension] */
  readonly mean: Float64Array;
  /** [dimension, dimension], row-major, symmetric; divisor N − 1. */
  readonly covariance: Float64Array;
  readonly dimension: number;
}

/**
 * Reads a statistics .npz of pytorch-fid (float64) or clean-fid (float32): `mu` [d] and `sigma`
 * [d, d]. The file does not state its number of images.
 * @throws StudyError for a damaged file, missing or misshapen arrays, NaN or infinite values, and a
 * sigma that is not symmetric or has negative variances.
 */
export async function readStatisticsNpz(
  path: string,
): Promise<Statistics & { readonly dtype: string }> {
  return statisticsOf(
    await readNpz(path, ['mu', 'sigma'], (each) => checkShapes(each, path)),
    path,
  );
}

/** @throws StudyError if they are not a mean [d] and a covariance [d, d] */
function checkShapes(
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
 * @throws StudyError as `readStatisticsNpz` does of what the arrays hold
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

/**
 * Writes `mu` and `sigma` in pytorch-fid's format; 'float32' is clean-fid's. The same statistics
 * give the same bytes.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeStatisticsNpz(
  path: string,
  { mean, covariance, dimension }: Statistics,
  dtype: 'float32' | 'float64' = 'float64',
  { rows }: { readonly rows?: number | undefined } = {},
): Promise<void> {
  if (mean.length !== dimension || covariance.length !== dimension ** 2) {
    throw new RangeError(`${mean.length} means, ${covariance.length} covariances: d ${dimension}`);
  }
  const stored = (values: Float64Array) =>
    dtype === 'float32' ? Float32Array.from(values) : values;
  await writeNpz(path, {
    mu: { shape: [dimension], values: stored(mean) },
    sigma: { shape: [dimension, dimension], values: stored(covariance) },
    ...(rows !== undefined && { num_images: { shape: [1], values: Float64Array.of(rows) } }),
  });
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
