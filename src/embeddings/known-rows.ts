import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudyError } from '../errors.ts';
import type { Extractor } from '../models/extractor.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { environment } from '../provenance/environment.ts';
import { type Digests, digestsName, readDigests } from './digests.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type Embeddings, openEmbeddings } from './open.ts';

/** Rows of a set's images that other cached sets already hold. */
export interface KnownRows {
  readonly count: number;
  has(index: number): boolean;
  /** Copies the row of a known image to `out` [dimension]; returns the key of the set it is from. */
  copy(index: number, out: Float32Array): string;
  close(): void;
}

/** No row is known: the network runs on every image. */
export const noKnownRows: KnownRows = {
  count: 0,
  has: () => false,
  copy(index) {
    throw new Error(`the row of image ${index} is not known`);
  },
  close() {},
};

/**
 * Finds the images whose features another cached set holds, by their bytes, so that a set that grows
 * pays for its new images only. A row is copied only if running the image would give the same bits:
 * same model, mode, batch size, threads, processor, decoder and onnxruntime. On a CPU a row of an
 * Inception depends neither on the other images of its batch nor on their number (compared bit by bit
 * for batches of 1 to 33, see known-rows.slow.test.ts), nor does one of a built-in transformer
 * (vit-batches.slow.test.ts). For other providers that is not known, so nothing is copied. Nothing is
 * copied for a user's network either: one that ends in a matrix product gives other bits to an image
 * that is alone in its batch.
 * @param folder of the set to be made
 */
export async function findKnownRows(
  folder: string,
  digests: Digests,
  extractor: Extractor,
  settings: Manifest['extraction'],
): Promise<KnownRows> {
  if (settings.provider !== 'cpu' || extractor.adapter) return noKnownRows;
  const wanted = new Map<string, number[]>();
  for (let index = 0; index < digests.count; index++) {
    const alike = wanted.get(digests.at(index));
    if (alike) alike.push(index);
    else wanted.set(digests.at(index), [index]);
  }
  const sets: Embeddings[] = [];
  const setOf = new Int32Array(digests.count).fill(-1);
  const rowOf = new Uint32Array(digests.count);
  let count = 0;
  for (const { path, manifest, theirs } of await candidates(extractor, settings)) {
    if (path === folder) continue;
    const found: [index: number, row: number][] = [];
    eachRow(manifest, (image, row) => {
      const digest = theirs.at(image);
      for (const index of wanted.get(digest) ?? []) found.push([index, row]);
    });
    if (found.length === 0) continue;
    const set = await openOrNone(path);
    if (!set) continue;
    sets.push(set);
    for (const [index, row] of found) {
      if (setOf[index]! >= 0) continue;
      setOf[index] = sets.length - 1;
      rowOf[index] = row;
      wanted.delete(digests.at(index));
      count++;
    }
  }
  return {
    count,
    has: (index) => setOf[index]! >= 0,
    copy(index, out) {
      const set = sets[setOf[index]!]!;
      set.readBlock(rowOf[index]!, 1, out);
      return set.manifest!.key;
    },
    close() {
      for (const set of sets) set.close();
    },
  };
}

interface Candidate {
  readonly path: string;
  readonly manifest: Manifest;
  readonly theirs: Digests;
}

/** Cached sets whose rows have the bits that this run would give, in the order of their keys. */
async function candidates(
  extractor: Extractor,
  settings: Manifest['extraction'],
): Promise<Candidate[]> {
  const folder = cacheFolder('embeddings');
  const found: Candidate[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /^[0-9a-f]{64}$/.test(each)).sort()) {
    const path = join(folder, name);
    if (!existsSync(join(path, digestsName))) continue;
    const manifest = await readManifest(path).catch(noneIfDamaged);
    if (!manifest || !sameComputation(manifest, extractor, settings)) continue;
    const theirs = await readDigests(path, manifest.images.sha256);
    if (theirs?.count === manifest.images.count) found.push({ path, manifest, theirs });
  }
  return found;
}

/** Whether an image's row in that set has the bits that this run would give. */
function sameComputation(
  { model, extraction, environment: there }: Manifest,
  { sha256, mode }: Extractor,
  settings: Manifest['extraction'],
): boolean {
  const here = environment();
  const libraries = there.libraries as Record<string, string> | undefined;
  return (
    model.sha256 === sha256 &&
    model.mode === mode &&
    !extraction.mixed &&
    extraction.provider === settings.provider &&
    extraction.batchSize === settings.batchSize &&
    extraction.threads === settings.threads &&
    there.cpu === here.cpu &&
    libraries?.['onnxruntime-node'] === here.libraries['onnxruntime-node'] &&
    libraries?.sharp === here.libraries.sharp
  );
}

/** Calls with the image and the row of each image that has one. */
function eachRow({ images }: Manifest, call: (image: number, row: number) => void): void {
  const skipped = new Set(images.skipped.map(({ index }) => index));
  for (let image = 0, row = 0; image < images.count; image++) {
    if (!skipped.has(image)) call(image, row++);
  }
}

/** A damaged set is reported when it is requested; here its images are run again. */
async function openOrNone(path: string): Promise<Embeddings | undefined> {
  return openEmbeddings(path).catch(noneIfDamaged);
}

function noneIfDamaged(error: unknown): undefined {
  if (error instanceof StudyError) return undefined;
  throw error;
}
