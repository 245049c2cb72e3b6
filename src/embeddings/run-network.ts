import { Interruption } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';
import type { Extractor } from '../models/extractor.ts';
import { type Batch, Batcher, batchBytes } from './batches.ts';
import { Chunk } from './chunk.ts';
import { decodeAhead } from './decode-ahead.ts';
import type { Digests } from './digests.ts';
import type { KnownRows } from './known-rows.ts';
import type { PartialSet } from './partial-set.ts';
import type { Place } from './provider.ts';
import { openSession, type Session } from './session.ts';
import { openPool } from './session-pool.ts';

export interface NetworkRun {
  readonly source: ImageSource;
  /** Get those of the images that are read. */
  readonly digests: Digests;
  readonly extractor: Extractor;
  /** Rows to copy instead of running the network. */
  readonly known: KnownRows;
  /** Where rows go, and where to resume. */
  readonly set: Pick<PartialSet, 'images' | 'skipped' | 'append'>;
  readonly batchSize: number;
  /** Most bytes of pixels in a batch; default: 64 MB. A batch of large images has fewer of them. */
  readonly batchBytes?: number | undefined;
  readonly threads: number;
  /** Where the network runs: one session per place; they share the batches. */
  readonly places: readonly Place[];
  readonly skipBad: boolean;
  /** Whether a resumed run must form the same batches as an uninterrupted one. */
  readonly deterministic?: boolean | undefined;
  /** Milliseconds after which rows are written before their chunk is whole: 5 s. */
  readonly writeAfter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the images done, after each batch. */
  readonly onDone: (images: number, skipped: number) => void;
}

// A write is then 1 MB. Rows of slow images are written sooner.
const chunkImages = 128;
const patience = 5000;
/**
 * Chunks end where a block of so many images does: a block that is extracted by itself, on another
 * machine, has the same batches.
 */
export const blockImages = 8192;
// Known images cost little, but their rows are held in memory until the chunk is written.
const largestChunk = 8;
// With one batch running and two behind it, a session never waits for the main thread.
const queuedBatches = 3;

/**
 * Runs the network over the images that the set still lacks. Decoding, inference and writing run at the
 * same time; rows are written in order, some at a time.
 * @throws StudyError for a damaged image (unless `skipBad`), features that are not finite, a full disk;
 * the signal's reason once it is aborted. Images under way are then finished and kept.
 * @returns the share of the time that the network ran rather than waited for images; null if there was
 * nothing left to run
 */
export async function runNetwork(options: NetworkRun): Promise<number | null> {
  const { source, digests, extractor, known, set, batchSize, skipBad, signal, onDone } = options;
  const { places, threads, batchBytes: mostBytes = batchBytes } = options;
  const { deterministic = false, writeAfter = patience } = options;
  const { dimension } = extractor;
  const total = source.names.length;
  if (set.images === total) return null;

  const { path, adapter } = extractor;
  let session: Session | undefined;
  const step = Math.ceil(chunkImages / batchSize) * batchSize;
  const most = known.isEmpty ? step : largestChunk * step;
  const newChunk = (start: number) => new Chunk(start, Math.min(start + most, total), dimension);
  let chunk = newChunk(set.images);
  // Images of the chunk that are run: a chunk that begins in the middle, where a run goes on, ends where
  // it would have.
  let fresh = (set.images % blockImages) % step;
  const running = new Set<Promise<void>>();
  let underWay = 0;
  let runningBytes = 0;
  let written = Promise.resolve();
  let lastWrite = performance.now();
  let failure: unknown;
  let done = set.images;
  let skipped = set.skipped.length;

  async function submit(batch: Batch): Promise<void> {
    const own = chunk;
    const { length } = batch.indices;
    session ??= await openPool(places, (place) =>
      openSession({ path, adapter, threads, ...place }),
    );
    const { byteLength } = batch.pixels;
    const queues = queuedBatches * places.length;
    // Of images that are a batch each, beyond its bytes, fewer wait.
    const hasRoom = () => running.size < queues && runningBytes + byteLength <= queues * mostBytes;
    while (running.size > 0 && !hasRoom()) await Promise.race(running);
    signal?.throwIfAborted();
    underWay += length;
    runningBytes += byteLength;
    const run = session.run(batch.pixels, batch.height, batch.width).then((features) => {
      own.place(features, batch.indices);
      done += length;
      onDone(done, skipped);
      if (performance.now() - lastWrite > writeAfter) writeReady(own);
    });
    const settled = run.finally(() => {
      underWay -= length;
      runningBytes -= byteLength;
      running.delete(settled);
    });
    settled.catch(() => {});
    running.add(settled);
    own.runs.push(settled);
  }

  /** Writes a chunk's rows up to some image, after all earlier rows, then calls `after`. */
  function write(own: Chunk, end: () => number, after: readonly Promise<void>[] = []): void {
    lastWrite = performance.now();
    written = Promise.all([written, ...after]).then(async () => {
      const part = own.take(end(), source.names);
      if (part) await set.append(part);
    });
    written.catch((error) => {
      failure ??= error;
    });
  }

  function writeReady(own: Chunk): void {
    write(own, () => own.readyEnd(deterministic));
  }

  const onAbort = () => {
    const { reason } = signal!;
    if (underWay === 0 || !(reason instanceof Interruption)) return;
    reason.waitsFor.push(`the ${underWay} images under way`);
  };
  signal?.addEventListener('abort', onAbort);

  try {
    let batcher = new Batcher(batchSize, mostBytes);
    const batches = 2 * places.length;
    const ahead = { images: batches * batchSize, bytes: batches * mostBytes };
    for await (const outcome of decodeAhead(source, digests, set.images, ahead, known)) {
      signal?.throwIfAborted();
      if (failure) throw failure;
      if ('known' in outcome) {
        chunk.copy(outcome.known, outcome.index);
        done++;
      } else if ('bad' in outcome) {
        if (!skipBad) throw outcome.bad;
        fresh++;
        chunk.skip(outcome.index, outcome.bad.message);
        done++;
        skipped++;
      } else {
        fresh++;
        const batch = batcher.add(outcome.image, outcome.index);
        if (batch) await submit(batch);
      }
      const end = outcome.index + 1;
      if (batcher.isEmpty) chunk.cut(end);
      if (fresh < step && end < chunk.end && end % blockImages !== 0) continue;
      for (const batch of batcher.rest()) await submit(batch);
      write(chunk, () => end, chunk.runs);
      // Known rows may arrive faster than the disk can write them.
      if (chunk.runs.length === 0) await written;
      onDone(done, skipped);
      chunk = newChunk(end);
      fresh = 0;
      batcher = new Batcher(batchSize, mostBytes);
    }
    await Promise.all(running);
    const busy = session?.busy() ?? null;
    await written;
    return busy;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.allSettled(running);
    writeReady(chunk);
    await written.catch(() => {});
    await session?.close();
  }
}
