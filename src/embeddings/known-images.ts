import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sha256Of } from '../arrays/sha256.ts';
import { packageVersion } from '../provenance/environment.ts';
import { stampOfFiles } from '../provenance/file-stamp.ts';
import { recall, remember } from '../provenance/remembered-hashes.ts';
import { cachedSets, firstDigest } from './cached-sets.ts';
import { Digests, digestsName, eachDigest, readDigests } from './digests.ts';
import type { EmbeddingsOptions } from './embeddings-options.ts';
import { hasSet, setFolder } from './fill.ts';
import { hashOfNames } from './names.ts';
import { cacheKey, promiseOf, type Settings } from './settings.ts';

/** Names a set of images by where it is: before all are read, its content is not known. */
export async function placeOf({ source, selection }: EmbeddingsOptions): Promise<string> {
  const { path, names, treatment, origin } = source;
  const real = await realpath(path).catch(() => resolve(path));
  const selected = Object.entries(selection ?? {}).filter(([, value]) => value !== undefined);
  return JSON.stringify([
    real,
    selected.sort(),
    names.length,
    hashOfNames(names),
    treatment,
    origin,
  ]);
}

/** Names the unfinished set of some images: what it is of, and how it is made if it promises its bits. */
export function partialName(
  { extractor: { sha256, mode } }: EmbeddingsOptions,
  place: string,
  settings: Settings,
): string {
  return sha256Of(JSON.stringify([sha256, mode, place, promiseOf(settings)]));
}

/** What is remembered of images: the hash of their bytes while their files look the same. */
export interface ImagesMemory {
  recall(): Promise<string | undefined>;
  remember(images: string): Promise<void>;
}

/**
 * @param place of the images, see `placeOf`
 * @throws the signal's reason once it is aborted
 */
export async function memoryOfImages(
  { source, signal }: EmbeddingsOptions,
  place: string,
): Promise<ImagesMemory> {
  const files = source.files?.();
  const stamp = files && (await stampOfFiles(files, signal));
  // Another version may count other things among what decides the pixels.
  const what = `images ${packageVersion()} ${place}`;
  return {
    recall: async () => stamp && recall(what, stamp.state),
    async remember(images) {
      if (stamp?.isSettled) await remember(what, stamp.state, images);
    },
  };
}

/**
 * The hash of the images' bytes, if they are those of a set in the cache. Images are read only as long as
 * such a set agrees with all that were read: of other images, one.
 *
 * @throws the signal's reason once it is aborted
 */
export async function imagesOfCachedSet(
  options: EmbeddingsOptions,
  settings: Settings,
  memory: ImagesMemory,
): Promise<string | undefined> {
  const { source, extractor, signal, onProgress } = options;
  const known = await memory.recall();
  if (known !== undefined) {
    // Sets of earlier versions have no digests, and without them other sets cannot take their rows.
    const digests = join(setFolder(options, known, settings), digestsName);
    if (existsSync(digests) && (await hasSet(options, known, settings))) return known;
  }
  const total = source.names.length;
  const candidates = (await cachedSets()).filter(
    ({ key, images, count }) => count === total && key === cacheKey(extractor, images, settings),
  );
  if (candidates.length === 0) return undefined;
  const own = new Digests(total);
  let alike: { readonly digests: Digests | undefined }[] = candidates.map(() => ({
    digests: undefined,
  }));
  let done = 0;
  // A set of an earlier version has no digests: it may be of any images.
  const agrees = (index: number, digest: Uint8Array) => {
    own.set(index, digest);
    onProgress?.({ phase: 'hashing', done: ++done, total, resumed: 0, skipped: 0 });
    alike = alike.filter(({ digests }) => digests?.matches(index, digest) ?? true);
    return alike.length > 0;
  };
  await eachDigest(source, { start: 0, end: 1 }, agrees, signal);
  alike = [];
  for (const set of candidates) {
    const first = await firstDigest(set);
    if (first && !own.matches(0, first)) continue;
    alike.push({ digests: first && (await readDigests(set.path, set.images)) });
  }
  if (alike.length === 0) return undefined;
  if (!(await eachDigest(source, { start: 1, end: total }, agrees, signal))) return undefined;
  const images = own.ofAll();
  if (!(await hasSet(options, images, settings))) return undefined;
  await memory.remember(images);
  // A read-only cache works without.
  const folder = setFolder(options, images, settings);
  if (!existsSync(join(folder, digestsName))) await own.write(folder).catch(() => {});
  return images;
}
