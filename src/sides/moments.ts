import {
  checkShapes,
  type FileStatistics,
  type StatedExtractor,
  type Statistics,
  statisticsOf,
} from '../arrays/statistics.ts';
import {
  type Content,
  type ContentDict,
  isStoredArray,
  type StoredArray,
} from '../arrays/stored-array.ts';
import { StudyError } from '../errors.ts';

/** Mean and covariance that a file holds. */
export interface MomentsEntry {
  readonly kind: 'statistics';
  /** The key of their dict; `mu` at the top of a file. */
  readonly name: string;
  readonly notes: readonly string[];
  /** @param path for messages */
  read(path: string): Promise<FileStatistics>;
}

/** Whether a dict holds statistics: `mu` or `sigma`, or StyleGAN3's sums. */
export function isMoments(dict: ContentDict): boolean {
  return ['mu', 'sigma', 'raw_mean'].some((key) => isStoredArray(dict.get(key)));
}

/**
 * Statistics of a dict. The number of images is `num_images` (EDM2, study stats) or `num_items`
 * (StyleGAN3), there or in the dict around it.
 *
 * Sources: `save_stats` in EDM2's calculate_metrics.py, `FeatureStats` in StyleGAN3's
 * metrics/metric_utils.py, `--batch` of ADM's evaluator.py for `mu_s` and `sigma_s`.
 */
export function momentsOf(
  dict: ContentDict,
  outer: ContentDict | null,
  name: string,
): MomentsEntry {
  const isSums = dict.has('raw_mean') && !dict.has('mu');
  return {
    kind: 'statistics',
    name: name || 'mu',
    notes: isSums ? ['its covariance divides by N, and was converted to N − 1'] : [],
    async read(path) {
      const rows = rowsOf(dict, path) ?? (outer && rowsOf(outer, path));
      const statistics = isSums
        ? await ofSums(dict, rows, path)
        : await pair(dict, ['mu', 'sigma'], path);
      const hasSpatial = isStoredArray(dict.get('mu_s')) && isStoredArray(dict.get('sigma_s'));
      return {
        ...statistics,
        rows,
        extractor: extractorOf(dict),
        ...(hasSpatial && { spatial: () => pair(dict, ['mu_s', 'sigma_s'], path) }),
      };
    },
  };
}

type Pair = Statistics & { readonly dtype: string };

async function pair(
  dict: ContentDict,
  [first, second]: readonly [string, string],
  path: string,
): Promise<Pair> {
  const arrays = { mu: arrayOf(dict, first, path), sigma: arrayOf(dict, second, path) };
  // Before anything is read: a header may claim any shape.
  checkShapes(arrays, path);
  const [mu, sigma] = [await double(arrays.mu), await double(arrays.sigma)];
  return statisticsOf(
    { mu: { ...arrays.mu, values: mu }, sigma: { ...arrays.sigma, values: sigma } },
    path,
  );
}

/** Sums Σ x and Σ x xᵀ over N images. Their covariance would divide by N; ours by N − 1. */
async function ofSums(dict: ContentDict, rows: number | null, path: string): Promise<Pair> {
  const sums = await pairOfSums(dict, path);
  if (rows === null || rows < 2) {
    throw new StudyError(
      `${path} holds sums of ${rows ?? 'an unknown number of'} images (num_items)`,
      'a covariance needs two or more: compute them again',
    );
  }
  const mean = sums.mu.map((sum) => sum / rows);
  const d = mean.length;
  const covariance = sums.sigma;
  for (let i = 0, k = 0; i < d; i++) {
    for (let j = 0; j < d; j++, k++) {
      const product = covariance[k]! / rows - mean[i]! * mean[j]!;
      covariance[k] = (product * rows) / (rows - 1);
    }
  }
  const of = (values: Float64Array, shape: readonly number[]) => ({
    dtype: 'float64',
    shape,
    values,
  });
  return statisticsOf({ mu: of(mean, [d]), sigma: of(covariance, [d, d]) }, path);
}

async function pairOfSums(dict: ContentDict, path: string) {
  const mu = arrayOf(dict, 'raw_mean', path);
  const sigma = arrayOf(dict, 'raw_cov', path);
  checkShapes({ mu, sigma }, path);
  return { mu: await double(mu), sigma: Float64Array.from(await double(sigma)) };
}

function arrayOf(dict: ContentDict, name: string, path: string): StoredArray {
  const array = dict.get(name);
  if (isStoredArray(array)) {
    if (array.dtype.includes('float')) return array;
    throw new StudyError(
      `${name} in ${path} holds elements of type ${array.dtype}`,
      'statistics are float32 or float64: compute them again',
    );
  }
  throw new StudyError(
    `no array '${name}' in ${path}; it holds: ${[...dict.keys()].slice(0, 8).join(', ')}`,
    `statistics are mu [d] and sigma [d, d]: numpy.savez(path, mu=…, sigma=…)`,
  );
}

async function double(array: StoredArray): Promise<Float64Array> {
  const values = await array.read();
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** Images behind statistics. @throws StudyError if what the file says is no number of images */
function rowsOf(dict: ContentDict, path: string): number | null {
  for (const key of ['num_images', 'num_items']) {
    const count = dict.get(key);
    if (typeof count !== 'number') continue;
    if (Number.isSafeInteger(count) && count >= 1) return count;
    throw new StudyError(
      `${key} in ${path} is ${count}`,
      'it is a number of images: write the statistics again',
    );
  }
  return null;
}

function extractorOf(dict: ContentDict): StatedExtractor | null {
  const [name, mode, sha256] = ['model', 'mode', 'sha256'].map((key) => dict.get(key));
  if (!isName(name) || !isName(mode) || !isHash(sha256)) return null;
  const settings = settingsOf(dict.get('settings'));
  const comparable = dict.get('comparable') === 1;
  return { name, mode, sha256, comparable, ...(settings && { settings }) };
}

/** Printable: it goes to the screen. */
function isName(value: Content | undefined): value is string {
  return typeof value === 'string' && /^[ -~]{1,200}$/.test(value);
}

function isHash(value: Content | undefined): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function settingsOf(text: Content | undefined): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
