import type { Extractor } from '../models/extractor.ts';
import { type CachedSet, cachedSets, noneIfDamaged } from './cached-sets.ts';
import { computationHash } from './computation.ts';
import { DigestIndex } from './digest-index.ts';
import { type Digests, readDigests } from './digests.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { openEmbeddings } from './open.ts';

/** The row of an image in another set. */
export interface KnownRow {
  /** The set's key. */
  readonly key: string;
  /** Copies the row to `out` [dimension]. */
  copy(out: Float32Array): void;
}

/** Rows of images that other cached sets hold. */
export interface KnownRows {
  /** Whether there are any. */
  readonly isEmpty: boolean;
  /** The row of the image with a digest. */
  find(digest: Uint8Array): Promise<KnownRow | undefined>;
  close(): void;
}

/** No row is known: the network runs on every image. */
export const noKnownRows: KnownRows = {
  isEmpty: true,
  find: async () => undefined,
  close() {},
};

/** Images looked through, of the sets that come first: their digests and index take 200 MB. */
const mostImages = 2 ** 22;

/**
 * Finds the rows that other cached sets hold, by the images' bytes, so that a set that grows pays for
 * its new images only. A row is copied only if running the image would give the same bits: same model,
 * mode, batch size, threads, processor, decoder and onnxruntime. On a CPU a row of an Inception depends
 * neither on the other images of its batch nor on their number (compared bit by bit for batches of 1 to
 * 33, see known-rows.slow.test.ts), nor does one of a built-in transformer (vit-batches.slow.test.ts). For other providers that is not known, so nothing is copied. Nothing
 * is copied for a user's network either: one that ends in a matrix product gives other bits to an image
 * that is alone in its batch.
 */
export async function openKnownRows(
  extractor: Extractor,
  settings: Manifest['extraction'],
): Promise<KnownRows> {
  if (settings.provider !== 'cpu' || extractor.adapter) return noKnownRows;
  const computation = computationHash(extractor, settings);
  const sets: OpenSet[] = [];
  let images = 0;
  for (const set of await cachedSets()) {
    if (set.computation !== computation || images + set.count > mostImages) continue;
    const digests = await readDigests(set.path, set.images);
    if (digests?.count !== set.count) continue;
    sets.push({ ...set, digests, rows: undefined });
    images += set.count;
  }
  if (sets.length === 0) return noKnownRows;
  const index = new DigestIndex(sets.map(({ digests }) => digests));
  return {
    isEmpty: false,
    async find(digest) {
      const found = index.find(digest);
      if (!found) return undefined;
      const set = sets[found.set]!;
      set.rows ??= openRows(set);
      const rows = await set.rows;
      const row = rows?.rowOf(found.image);
      if (!rows || row === undefined) return undefined;
      return { key: set.key, copy: (out) => rows.read(row, out) };
    },
    close() {
      for (const { rows } of sets) void rows?.then((open) => open?.close());
    },
  };
}

interface OpenSet extends CachedSet {
  readonly digests: Digests;
  /** Opened, and so checked, once a row of it is asked for. */
  rows: Promise<Rows | undefined> | undefined;
}

interface Rows {
  /** The row of an image; undefined if it was skipped. */
  rowOf(image: number): number | undefined;
  read(row: number, out: Float32Array): void;
  close(): void;
}

/** Undefined for a damaged set: its images are run again. */
async function openRows({ path, computation }: CachedSet): Promise<Rows | undefined> {
  const manifest = await readManifest(path).catch(noneIfDamaged);
  if (!manifest || manifest.extraction.mixed) return undefined;
  const { model, extraction, environment, images } = manifest;
  if (computationHash(model, extraction, environment) !== computation) return undefined;
  const set = await openEmbeddings(path).catch(noneIfDamaged);
  if (!set) return undefined;
  const skipped = images.skipped.map(({ index }) => index);
  return {
    rowOf(image) {
      const before = countBelow(skipped, image);
      return skipped[before] === image ? undefined : image - before;
    },
    read: (row, out) => set.readBlock(row, 1, out),
    close: set.close,
  };
}

/** How many of some ascending numbers are below another. */
function countBelow(numbers: readonly number[], bound: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
