import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { passedOverNotes } from '../images/passed-over.ts';
import type { ImageSource } from '../images/source.ts';
import { largestBatch } from '../models/custom/fit.ts';
import type { Extractor } from '../models/extractor.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { environment } from '../provenance/environment.ts';
import { type Lock, takeLock } from '../provenance/lock.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { deliver, requireOutside } from './deliver.ts';
import { type Digests, digestsName, hashImages } from './digests.ts';
import { findKnownRows, noKnownRows } from './known-rows.ts';
import { featuresName, type Manifest, readManifest, writeManifest } from './manifest.ts';
import { type Embeddings, openEmbeddings } from './open.ts';
import type { ExtractionOptions } from './options.ts';
import { journalName, PartialSet, type Skipped } from './partial-set.ts';
import { type Place, type Provider, placesOf, requireProvider, settleTf32 } from './provider.ts';
import { runNetwork } from './run-network.ts';

/** A set of images, and how to extract it. */
export interface EmbeddingsOptions extends Omit<ExtractionOptions, 'model' | 'mode'> {
  readonly source: ImageSource;
  readonly extractor: Extractor;
  /** A folder that gets `features.npy` and `manifest.json`; without it they stay in the cache. */
  readonly out?: string | undefined;
}

export interface Extraction {
  readonly embeddings: Embeddings;
  readonly manifest: Manifest;
  /** Whether the features were in the cache, so that the network did not run. */
  readonly cached: boolean;
  /** Images done by an interrupted run that this one resumed. */
  readonly resumed: number;
  /** Images whose rows this run copied from other sets in the cache. */
  readonly reused: number;
  /** Share of the time that the network ran rather than waited for images; null if it did not. */
  readonly busy: number | null;
  /** What a reader must know about how the features were extracted. */
  readonly notes: readonly string[];
}

/**
 * Extracts the features of a set of images, or takes them from the cache. The same images (by content),
 * model and mode are never extracted twice, nor is an image that another cached set holds, so a set
 * that grows costs its new images only. An interrupted extraction resumes after its last whole chunk.
 * Memory grows with the images' names only, not with their number.
 * @throws StudyError for a damaged image (unless `skipBad`), a full disk, a missing provider, a damaged
 * cache, another process extracting the same images, an `out` among the images; the signal's reason
 * once it is aborted
 */
export async function extractEmbeddings(options: EmbeddingsOptions): Promise<Extraction> {
  const { source, extractor, out, signal, devices, onProgress } = options;
  if (out !== undefined) await requireOutFolder(out, 'embeddings');
  const settings = settingsOf(options);
  placesOf(settings.provider, devices);
  if (out !== undefined) await requireOutside(out, source.path);
  const total = source.names.length;
  const digests = await hashImages(source, signal, (done) => {
    onProgress?.({ phase: 'hashing', done, total, resumed: 0, skipped: 0 });
  });
  const key = cacheKey(extractor, digests.ofAll(), settings);
  const folder = cacheFolder('embeddings', key);
  const asked: Asked = { key, extractor, digests };
  const cached = await hasSet(folder, asked);
  const run = cached ? noRun : await fillUnderLock(options, settings, asked, folder);
  // Sets of earlier versions have no digests, and without them other sets cannot reuse their rows.
  // A read-only cache works without.
  if (!existsSync(join(folder, digestsName))) await digests.write(folder).catch(() => {});

  const embeddings = await openEmbeddings(folder);
  try {
    const manifest = renamed(embeddings.manifest!, options);
    const notes = [
      ...passedOverNotes(source),
      ...(cached ? providerNotes(manifest, settings.provider) : []),
    ];
    const outcome = { manifest, cached, notes, ...run };
    if (out === undefined) return { embeddings: { ...embeddings, manifest }, ...outcome };
    await deliver(folder, out, manifest);
    const paths = { path: out, featuresPath: join(out, featuresName) };
    return { embeddings: { ...embeddings, ...paths, manifest }, ...outcome };
  } catch (error) {
    embeddings.close();
    throw error;
  }
}

type Run = Pick<Extraction, 'resumed' | 'reused' | 'busy'>;
const noRun: Run = { resumed: 0, reused: 0, busy: null };

type Settings = Manifest['extraction'] & { readonly provider: Provider };

/** Most threads of a network, and most networks in parallel. */
const mostThreads = 1024;

/** @throws StudyError for an invalid number of images, threads or networks */
function requireNumber(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new StudyError(`invalid ${what}: ${value}`, `give a whole number from 1 to ${most}`);
}

/** @throws StudyError for a missing provider, and for threads that would not be deterministic */
function settingsOf(options: EmbeddingsOptions): Settings {
  const { provider = 'cpu', devices, threads, deterministic = false, networks } = options;
  requireNumber('batch size', options.batchSize, largestBatch);
  requireNumber('number of threads', threads, mostThreads);
  requireNumber('number of networks', networks, mostThreads);
  requireProvider(provider);
  const tf32 = settleTf32(provider);
  const common = {
    provider,
    ...(tf32 !== undefined && { tf32 }),
    ...(devices && { devices: [...devices] }),
    batchSize: options.batchSize ?? 32,
  };
  if (networks !== undefined && !deterministic) {
    throw new StudyError(
      `--networks ${networks} without --deterministic`,
      'add --deterministic, or give --threads',
    );
  }
  if (!deterministic) return { ...common, threads: threads ?? availableParallelism() };
  if (threads !== undefined && threads !== 1) {
    throw new StudyError(
      `deterministic extraction on ${threads} threads of one network`,
      'each batch runs on one thread: give --networks for networks in parallel',
    );
  }
  return { ...common, threads: 1, deterministic };
}

/** Where sessions run. Deterministic sessions have one thread each, so several fill the processor. */
function sessionsOf(
  { devices, networks = availableParallelism() }: EmbeddingsOptions,
  { provider, deterministic }: Settings,
): readonly Place[] {
  const places = placesOf(provider, devices);
  if (!deterministic || provider !== 'cpu') return places;
  return Array.from({ length: networks }, () => ({ provider }));
}

/**
 * Names a set by its content: the model's file, its mode and the images' bytes. A deterministic set
 * has a different name from any other.
 */
function cacheKey(
  { sha256, mode }: Extractor,
  imagesHash: string,
  { deterministic, ...settings }: Settings,
): string {
  const { cpu, instructions, libraries } = environment();
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  const promised = deterministic && { settings, cpu, instructions, onnxruntime, sharp };
  const content = JSON.stringify({ model: sha256, mode, images: imagesHash, promised });
  return sha256Of(content);
}

/** What decides which set it is. */
interface Asked {
  readonly key: string;
  readonly extractor: Extractor;
  readonly digests: Digests;
}

/** Whether a folder has the set that is asked for: another one may have come there under its name. */
async function hasSet(folder: string, { key, extractor, digests }: Asked): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const found = await readManifest(folder);
  return (
    found.key === key &&
    found.model.sha256 === extractor.sha256 &&
    found.model.mode === extractor.mode &&
    found.dimension === extractor.dimension &&
    found.images.sha256 === digests.ofAll() &&
    found.images.count === digests.count
  );
}

async function fillUnderLock(
  options: EmbeddingsOptions,
  settings: Settings,
  asked: Asked,
  folder: string,
): Promise<Run> {
  const lock = await takeLock(`${folder}.lock`, {
    what: 'the same images are being extracted',
    hint: 'wait for it: the features will then come from the cache',
  });
  try {
    // Another process may have finished between the check and the lock.
    if (await hasSet(folder, asked)) return noRun;
    await rm(folder, { recursive: true, force: true });
    return await fill(options, settings, asked, folder, lock);
  } finally {
    await lock.release();
  }
}

/**
 * Runs the network over what is not yet done, and puts the whole set into the cache.
 */
async function fill(
  options: EmbeddingsOptions,
  settings: Settings,
  { key, digests }: Asked,
  folder: string,
  lock: Lock,
): Promise<Run> {
  const { source, extractor, signal, skipBad = false, onProgress } = options;
  const places = sessionsOf(options, settings);
  const total = source.names.length;
  const partial = `${folder}.partial`;
  const set = await PartialSet.open(partial, extractor.dimension, {
    by: makerOf(settings),
    beforeWrite: lock.check,
  });
  const resumed = set.images;
  const reusedBefore = rowsOf(set.reused);
  const known = settings.deterministic
    ? noKnownRows
    : await findKnownRows(folder, digests, extractor, settings);
  let busy: number | null = null;
  try {
    requireNoneSkipped(set.skipped, skipBad);
    const onDone = (done: number, skipped: number) =>
      onProgress?.({ phase: 'extracting', done, total, resumed, skipped });
    onDone(resumed, set.skipped.length);
    busy = await runNetwork({
      source,
      extractor,
      digests,
      known,
      set,
      skipBad,
      signal,
      onDone,
      places,
      ...settings,
    });
    if (set.rows === 0) {
      throw new StudyError(
        `none of the ${total} images in ${source.path} can be decoded`,
        'run it without --skip-bad to see why the first one fails',
      );
    }
    await writeManifest(partial, {
      format: 'fid-study embeddings 1',
      key,
      model: modelOf(extractor),
      rows: set.rows,
      dimension: extractor.dimension,
      features: { file: featuresName, dtype: 'float32', sha256: await set.complete() },
      images: {
        path: source.path,
        selection: { ...options.selection },
        sha256: digests.ofAll(),
        count: total,
        ...named(source, set.skipped),
      },
      extraction: { ...settings, ...(set.isMixed && { mixed: true }) },
      reused: { rows: rowsOf(set.reused), from: [...set.reused.keys()].sort() },
      environment: { ...environment() },
    });
    await digests.write(partial);
  } finally {
    known.close();
    await set.close();
  }
  await lock.check();
  await rename(partial, folder).catch((error) => {
    throw diskError(error, folder);
  });
  // Needed until now: if the disk were full for the manifest, the next run would resume from it.
  await rm(join(folder, journalName), { force: true });
  return { resumed, reused: rowsOf(set.reused) - reusedBefore, busy };
}

/** Names what can move a row's last bits: a set may be gone on with elsewhere. */
function makerOf(settings: Settings): string {
  const { cpu, instructions, libraries } = environment();
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  return sha256Of(JSON.stringify({ settings, cpu, instructions, onnxruntime, sharp })).slice(0, 16);
}

function rowsOf(reused: ReadonlyMap<string, number>): number {
  return [...reused.values()].reduce((sum, rows) => sum + rows, 0);
}

function modelOf({ name, mode, dimension, sha256, comparable, settings }: Extractor) {
  return { name, mode, dimension, sha256, comparable, ...(settings && { settings }) };
}

/** A cached manifest for this run: the same bytes may now have other names. */
function renamed(
  cached: Manifest,
  { source, extractor, selection, skipBad }: EmbeddingsOptions,
): Manifest {
  requireNoneSkipped(cached.images.skipped, skipBad);
  const images = {
    ...cached.images,
    path: source.path,
    selection: { ...selection },
    ...named(source, cached.images.skipped),
  };
  return { ...cached, model: modelOf(extractor), images };
}

function named(
  source: ImageSource,
  skipped: readonly Skipped[],
): Pick<Manifest['images'], 'skipped' | 'names' | 'origin' | 'passed_over'> {
  const without = new Set(skipped.map(({ index }) => index));
  return {
    ...(source.origin && { origin: source.origin }),
    skipped: skipped.map(({ index, reason }) => ({ index, name: source.names[index]!, reason })),
    names: source.names.filter((_, index) => !without.has(index)),
    passed_over: source.passedOver && [...source.passedOver],
  };
}

/** The cache key has images and model, but not where the network ran. */
function providerNotes({ images, extraction: { provider } }: Manifest, asked: Provider): string[] {
  if (provider === asked) return [];
  return [
    `the features of ${images.path} come from the cache and were made by ${provider}, not ${asked}: providers differ slightly`,
  ];
}

/** A set extracted with `skipBad` must not silently replace the whole set. */
function requireNoneSkipped(skipped: readonly Skipped[], skipBad = false): void {
  const [first] = skipped;
  if (!first || skipBad) return;
  throw new StudyError(first.reason, 'replace or remove it, or skip it: --skip-bad');
}
