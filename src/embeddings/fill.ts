import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { errorCode, StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { clearLock, type Lock, takeLock } from '../provenance/lock.ts';
import { Digests, eachDigest, type Range } from './digests.ts';
import type { EmbeddingsOptions } from './embeddings-options.ts';
import { noKnownRows, openKnownRows } from './known-rows.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import { writeNames } from './names.ts';
import { journalName, PartialSet } from './partial-set.ts';
import { runNetwork } from './run-network.ts';
import { manifestOfSet, namesOfRows, requireNoneSkipped, rowsOf } from './set-manifest.ts';
import { cacheKey, makerOf, type Settings, sessionsOf } from './settings.ts';

/** What a run of the network did. */
export interface Filled {
  /** Hash of the images' bytes, which names the set. */
  readonly images: string;
  readonly resumed: number;
  readonly reused: number;
  readonly busy: number | null;
}

/** Where the set of some images is in the cache. */
export function setFolder(
  { extractor }: EmbeddingsOptions,
  images: string,
  settings: Settings,
): string {
  return cacheFolder('embeddings', cacheKey(extractor, images, settings));
}

/** Whether a folder has the set that is asked for: another one may have come there under its name. */
export async function hasSet(
  { source, extractor }: EmbeddingsOptions,
  images: string,
  settings: Settings,
): Promise<boolean> {
  const found = await manifestIn(setFolder({ source, extractor }, images, settings));
  return (
    found !== undefined &&
    found.key === cacheKey(extractor, images, settings) &&
    found.model.sha256 === extractor.sha256 &&
    found.model.mode === extractor.mode &&
    found.dimension === extractor.dimension &&
    found.images.sha256 === images &&
    found.images.count === source.names.length
  );
}

async function manifestIn(folder: string): Promise<Manifest | undefined> {
  return readManifest(folder).catch((error) => {
    const { cause } = Object(error);
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw error;
  });
}

/**
 * Runs the network over what is not yet done, and puts the whole set into the cache. Each image is read
 * once; until all are, the set has the name of what is being extracted.
 *
 * @param name of the unfinished set
 */
export async function fill(
  options: EmbeddingsOptions,
  settings: Settings,
  name: string,
): Promise<Filled> {
  const partial = partialFolder(name);
  const lock = await takeLock(lockOf(name), {
    what: 'the same images are being extracted',
    hint: 'wait for it: the features will then come from the cache',
  });
  try {
    return await fillUnder(lock, partial, options, settings);
  } finally {
    await lock.release();
  }
}

const partialFolder = (name: string) => cacheFolder('embeddings', `${name}.partial`);
const lockOf = (name: string) => `${partialFolder(name)}.lock`;

/** Removes the lock of a process that was killed just after the set was complete. */
export function clearLockOf(name: string): Promise<void> {
  return clearLock(lockOf(name));
}

async function fillUnder(
  lock: Lock,
  partial: string,
  options: EmbeddingsOptions,
  settings: Settings,
): Promise<Filled> {
  const { source, extractor, signal, skipBad = false, onProgress } = options;
  const places = sessionsOf(options, settings);
  const total = source.names.length;
  const digests = new Digests(total);
  const isSame = async ({ start, end }: Range) => {
    onProgress?.({ phase: 'hashing', done: end, total, resumed: 0, skipped: 0 });
    return eachDigest(source, { start, end }, (i, digest) => digests.matches(i, digest), signal);
  };
  const maker = { by: makerOf(settings), beforeWrite: lock.check, isSame };
  const set = await PartialSet.open(partial, extractor.dimension, digests, maker);
  const resumed = set.images;
  const reusedBefore = rowsOf(set.reused);
  let busy: number | null = null;
  let known = noKnownRows;
  let images: string;
  try {
    if (!settings.deterministic) known = await openKnownRows(extractor, settings);
    requireNoneSkipped(set.skipped, skipBad);
    const onDone = (done: number, skipped: number) =>
      onProgress?.({ phase: 'extracting', done, total, resumed, skipped });
    onDone(resumed, set.skipped.length);
    const run = { source, extractor, digests, known, set, skipBad, signal, onDone, places };
    busy = await runNetwork({ ...run, ...settings });
    if (set.rows === 0) {
      throw new StudyError(
        `none of the ${total} images in ${source.path} can be decoded`,
        'run it without --skip-bad to see why the first one fails',
      );
    }
    images = digests.ofAll();
    const key = cacheKey(extractor, images, settings);
    const features = await set.complete();
    await writeNames(partial, namesOfRows(source, set.skipped));
    await writeManifest(partial, manifestOfSet(set, options, settings, { key, images, features }));
  } finally {
    known.close();
    await set.close();
  }
  await lock.check();
  await moveIntoPlace(partial, setFolder(options, images, settings), () =>
    hasSet(options, images, settings),
  );
  return { images, resumed, reused: rowsOf(set.reused) - reusedBefore, busy };
}

/**
 * Puts a complete set under its key. Another process may have put the same images there meanwhile, found
 * under another path: that set stays.
 */
async function moveIntoPlace(
  partial: string,
  folder: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  try {
    if (await isThere().catch(() => false)) {
      await rm(partial, { recursive: true, force: true });
      return;
    }
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    // Needed until now: if the disk were full for the manifest, the next run would resume from it.
    await rm(join(folder, journalName), { force: true });
  } catch (error) {
    throw diskError(error, folder);
  }
}
