import {
  type Content,
  type ContentDict,
  type ContentList,
  isStoredArray,
  type StoredArray,
} from '../arrays/stored-array.ts';
import type { ForeignFeatures } from '../embeddings/converted.ts';
import { StudyError } from '../errors.ts';
import { isMoments, type MomentsEntry, momentsOf } from './moments.ts';

/** A set that a file holds: features or statistics. */
export type Entry = FeaturesEntry | MomentsEntry;

export interface FeaturesEntry {
  readonly kind: 'features';
  /** Its place in the file: keys, joined by dots. */
  readonly name: string;
  read(): Promise<ForeignFeatures>;
}

/**
 * The sets that a file holds, whatever its format: each dict with `mu` and `sigma` (or StyleGAN3's sums)
 * is one of statistics, each other array [N, d] of floats one of features. StyleGAN3 keeps features as
 * a list of arrays, `all_features`.
 */
export function entriesOf(content: Content): Entry[] {
  if (isStoredArray(content)) return featuresOf(content, 'the array');
  if (content instanceof Map) return ofDict(content, '', null);
  return [];
}

function ofDict(dict: ContentDict, prefix: string, outer: ContentDict | null): Entry[] {
  const entries: Entry[] = [];
  const moments = isMoments(dict);
  if (moments) entries.push(momentsOf(dict, outer, prefix));
  for (const [key, each] of dict) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (isStoredArray(each)) {
      if (!(moments && ofMoments.has(key))) entries.push(...featuresOf(each, name));
    } else if (each instanceof Map) entries.push(...ofDict(each, name, dict));
    else if (key === 'all_features' && Array.isArray(each)) entries.push(...listed(each, name));
  }
  return entries;
}

/** Square arrays that are no features. */
const ofMoments = new Set(['mu', 'sigma', 'mu_s', 'sigma_s', 'raw_mean', 'raw_cov']);

function isFeatures({ dtype, shape }: StoredArray): boolean {
  return shape.length === 2 && /^b?float(16|32|64)$/.test(dtype);
}

function featuresOf(array: StoredArray, name: string): FeaturesEntry[] {
  if (!isFeatures(array)) return [];
  const [rows = 0, dimension = 0] = array.shape;
  const read = async () => ({ rows, dimension, values: await array.read() });
  return [{ kind: 'features', name, read }];
}

/** Batches of features, as StyleGAN3's `FeatureStats` keeps them. */
function listed(list: ContentList, name: string): FeaturesEntry[] {
  const batches = list.filter((each) => isStoredArray(each)).filter(isFeatures);
  const dimension = batches[0]?.shape[1] ?? 0;
  if (batches.length === 0 || batches.length !== list.length) return [];
  if (batches.some(({ shape }) => shape[1] !== dimension)) return [];
  const rows = batches.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return [
    {
      kind: 'features',
      name,
      async read() {
        const values = new Float32Array(rows * dimension);
        let at = 0;
        for (const batch of batches) {
          values.set(await batch.read(), at);
          at += batch.shape[0]! * dimension;
        }
        return { rows, dimension, values };
      },
    },
  ];
}

/** What a file holds, for a message: `labels int64 [50000], model U12 []`. */
export function described(content: Content): string {
  if (isStoredArray(content)) return `${content.dtype} [${content.shape.join(', ')}]`;
  if (content instanceof Map) {
    const names = [...content].slice(0, 8).map(([key, each]) => {
      const of = isStoredArray(each) ? ` ${described(each)}` : each instanceof Map ? ' {…}' : '';
      return `${shownName(key)}${of}`;
    });
    return `${names.join(', ') || 'nothing'}${content.size > 8 ? ', …' : ''}`;
  }
  return Array.isArray(content) ? 'a list' : 'a plain value';
}

/** @throws StudyError that lists the entries */
export function severalEntries(path: string, all: readonly string[]): StudyError {
  const names = all.map(shownName);
  const listed = `${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
  return new StudyError(
    `${path} holds ${names.length} sets: ${listed}`,
    `choose one: --entry ${names[0]}; study stats writes one into a file of its own`,
  );
}

/** A name from a file as it may stand in a message: short, and no control characters. */
export function shownName(name: string): string {
  return JSON.stringify(name.slice(0, 60)).slice(1, -1);
}
