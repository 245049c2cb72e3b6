import { StudyError } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';
import type { Extractor } from '../models/extractor.ts';
import { type Batch, Batcher, batchBytes } from './batches.ts';
import { decodeAhead } from './decode-ahead.ts';
import type { Digests } from './digests.ts';
import type { KnownRows } from './known-rows.ts';
import type { PartialSet, Skipped } from './partial-set.ts';
import type { Place } from './provider.ts';
import { openSession, type Session } from './session.ts';
import { openPool } from './session-pool.ts';

export interface NetworkRun {
  readonly source: ImageSource;
  readonly digests: Digests;
  readonly extractor: Extractor;
  /** Rows that are copied instead of being run. */
  readonly known: KnownRows;
  /** Where rows go, and from where to go on. */
  readonly set: PartialSet;
  readonly batchSize: number;
  /** Of pixels in a batch, which has fewer images where these are large: 64 MB. */
  readonly batchBytes?: number | undefined;
  readonly threads: number;
  /** Where the network runs: a session each, to which batches are dealt out. */
  readonly places: readonly Place[];
  readonly skipBad: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told the images done, after each batch. */
  readonly onDone: (images: number, skipped: number) => void;
}

// What an interruption can cost: some seconds of work on a processor. A write is 1 MB then.
const chunkImages = 128;
// Known images cost little, but their rows are held in memory until the chunk is written.
const largestChunk = 8;
// With one batch running and two behind it, a session never waits for the main thread.
const queuedBatches = 3;

/**
 * Runs the network over the images that the set has not got: decoding, inference and writing go on
 * at the same time, and rows are written in whole chunks, in order.
 * @throws StudyError for a damaged image (unless `skipBad`), features that are not finite, a full
 * disk; the signal's reason once it is aborted. Chunks that are whole by then are kept.
 * @returns the share of the time that the network ran rather than waited for images; null where
 * there was nothing left to run
 */
export async function runNetwork(options: NetworkRun): Promise<number | null> {
  const { source, digests, extractor, known, set, batchSize, skipBad, signal, onDone } = options;
  const { places, threads, batchBytes: mostBytes = batchBytes } = options;
  const { dimension } = extractor;
  const total = source.names.length;
  if (set.images === total) return null;

  const { path, adapter } = extractor;
  let session: Session | undefined;
  const step = Math.ceil(chunkImages / batchSize) * batchSize;
  const newChunk = (start: number) =>
    new Chunk(start, chunkEnd(start, total, step, known), dimension);
  const running = new Set<Promise<void>>();
  let written = Promise.resolve();
  let failure: unknown;
  let done = set.images;
  let skipped = set.skipped.length;

  async function submit(chunk: Chunk, batch: Batch): Promise<void> {
    session ??= await openPool(places, (place) =>
      openSession({ path, adapter, threads, ...place }),
    );
    while (running.size >= queuedBatches * places.length) await Promise.race(running);
    const run = session.run(batch.pixels, batch.height, batch.width).then((features) => {
      chunk.place(features, batch.indices);
      done += batch.indices.length;
      onDone(done, skipped);
    });
    const settled = run.finally(() => running.delete(settled));
    settled.catch(() => {});
    running.add(settled);
    chunk.runs.push(settled);
  }

  function finish(chunk: Chunk): void {
    written = Promise.all([written, ...chunk.runs]).then(() => {
      const { rows, images, bad } = chunk.whole(source.names);
      return set.append(images, rows, bad, chunk.reused);
    });
    written.catch((error) => {
      failure ??= error;
    });
  }

  try {
    let chunk = newChunk(set.images);
    let batcher = new Batcher(batchSize, mostBytes);
    const batches = 2 * places.length;
    const ahead = { images: batches * batchSize, bytes: batches * mostBytes };
    for await (const outcome of decodeAhead(source, digests, set.images, ahead, known.has)) {
      signal?.throwIfAborted();
      if (failure) throw failure;
      if ('known' in outcome) {
        chunk.copy(known, outcome.index);
        done++;
      } else if ('bad' in outcome) {
        if (!skipBad) throw outcome.bad;
        chunk.bad.push({ index: outcome.index, reason: outcome.bad.message });
        done++;
        skipped++;
      } else {
        const batch = batcher.add(outcome.image, outcome.index);
        if (batch) await submit(chunk, batch);
      }
      if (outcome.index + 1 < chunk.end) continue;
      for (const batch of batcher.rest()) await submit(chunk, batch);
      finish(chunk);
      // Known rows come faster than a disk may take them.
      if (chunk.runs.length === 0) await written;
      onDone(done, skipped);
      chunk = newChunk(chunk.end);
      batcher = new Batcher(batchSize, mostBytes);
    }
    await Promise.all(running);
    const busy = session?.busy() ?? null;
    await written;
    return busy;
  } finally {
    // Chunks whose batches are all under way are written before anything else happens.
    await Promise.allSettled(running);
    await written.catch(() => {});
    await session?.close();
  }
}

/** Where a chunk ends: after as many images as a chunk runs, or many known ones. */
function chunkEnd(start: number, total: number, step: number, known: KnownRows): number {
  let end = start;
  for (let fresh = 0; end < total && fresh < step && end - start < largestChunk * step; end++) {
    if (!known.has(end)) fresh++;
  }
  return end;
}

/** A run of images whose rows are written together. */
class Chunk {
  readonly start: number;
  readonly end: number;
  readonly bad: Skipped[] = [];
  readonly runs: Promise<void>[] = [];
  /** Rows copied from other sets, by the set's key. */
  readonly reused = new Map<string, number>();
  readonly #dimension: number;
  /** [end − start, dimension]; rows of bad images stay empty. */
  readonly #features: Float32Array;

  constructor(start: number, end: number, dimension: number) {
    this.start = start;
    this.end = end;
    this.#dimension = dimension;
    this.#features = new Float32Array((end - start) * dimension);
  }

  copy(known: KnownRows, index: number): void {
    const start = (index - this.start) * this.#dimension;
    const key = known.copy(index, this.#features.subarray(start, start + this.#dimension));
    this.reused.set(key, (this.reused.get(key) ?? 0) + 1);
  }

  place(features: Float32Array, indices: readonly number[]): void {
    const d = this.#dimension;
    if (features.length !== indices.length * d) {
      const gave = `the model gave ${features.length} numbers for ${indices.length} images`;
      throw new StudyError(`${gave}, not ${d} for each`, 'is its dimension right?');
    }
    indices.forEach((index, i) => {
      this.#features.set(features.subarray(i * d, (i + 1) * d), (index - this.start) * d);
    });
  }

  /** The rows of the good images, in order. @throws StudyError where one is not finite */
  whole(names: readonly string[]): { rows: Float32Array; images: number; bad: Skipped[] } {
    const d = this.#dimension;
    const at = this.#features.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const name = names[this.start + Math.floor(at / d)];
      throw new StudyError(
        `the features of ${name} are not finite: ${this.#features[at]}`,
        'check the weights of the model, and how it scales images; leave this image out if it is the only one',
      );
    }
    const bad = new Set(this.bad.map(({ index }) => index));
    const images = this.end - this.start;
    if (bad.size === 0) return { rows: this.#features, images, bad: this.bad };
    const rows = new Float32Array((images - bad.size) * d);
    for (let i = 0, row = 0; i < images; i++) {
      if (bad.has(this.start + i)) continue;
      rows.set(this.#features.subarray(i * d, (i + 1) * d), row++ * d);
    }
    return { rows, images, bad: this.bad };
  }
}
