import { readNpz } from './npz.ts';
import { type WrittenArray, writeNpz } from './npz-writer.ts';
import { checkShapes, type StatedSet, type Statistics, statisticsOf } from './statistics.ts';

export type { FileStatistics, Statistics } from './statistics.ts';

/**
 * Reads `mu` [d] and `sigma` [d, d] of a statistics .npz of pytorch-fid (float64) or clean-fid
 * (float32). `openSide` also says what such a file states of its set.
 * @throws StudyError for a damaged file, missing or misshapen arrays, NaN or infinite values, and a
 * sigma that is not symmetric or has negative variances.
 */
export async function readStatisticsNpz(
  path: string,
): Promise<Statistics & { readonly dtype: string }> {
  const arrays = await readNpz(path, ['mu', 'sigma'], (each) => checkShapes(each, path));
  return statisticsOf(arrays, path);
}

/** What else a file of statistics may hold. */
export interface StatisticsExtras extends Partial<StatedSet> {
  /** For sFID: ADM's `mu_s` and `sigma_s`. */
  readonly spatial?: Statistics | undefined;
}

/**
 * Writes `mu` and `sigma` in pytorch-fid's format; 'float32' is clean-fid's. What is known of the set
 * follows: `num_images`, and `model`, `mode`, `sha256` and `comparable` of its network. Those tools
 * ask for `mu` and `sigma` by name and pass over the rest. The same statistics give the same bytes.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeStatisticsNpz(
  path: string,
  statistics: Statistics,
  dtype: 'float32' | 'float64' = 'float64',
  { rows, extractor, spatial }: StatisticsExtras = {},
): Promise<void> {
  const [mu, sigma] = written(statistics, dtype);
  const [mu_s, sigma_s] = spatial ? written(spatial, dtype) : [];
  await writeNpz(path, {
    mu: mu!,
    sigma: sigma!,
    ...(mu_s && { mu_s }),
    ...(sigma_s && { sigma_s }),
    ...(rows && { num_images: rows }),
    ...(extractor && {
      model: extractor.name,
      mode: extractor.mode,
      sha256: extractor.sha256,
      comparable: extractor.comparable,
      ...(extractor.settings && { settings: JSON.stringify(extractor.settings) }),
    }),
  });
}

function written(
  { mean, covariance, dimension }: Statistics,
  dtype: 'float32' | 'float64',
): WrittenArray[] {
  if (mean.length !== dimension || covariance.length !== dimension ** 2) {
    throw new RangeError(`${mean.length} means, ${covariance.length} covariances: d ${dimension}`);
  }
  const stored = (values: Float64Array) =>
    dtype === 'float32' ? Float32Array.from(values) : values;
  return [
    { shape: [dimension], values: stored(mean) },
    { shape: [dimension, dimension], values: stored(covariance) },
  ];
}
