import { Batcher } from '../../embeddings/batches.ts';
import { lpipsOf } from '../../embeddings/lpips.ts';
import { openSession } from '../../embeddings/session.ts';
import { openPool } from '../../embeddings/session-pool.ts';
import { StudyError } from '../../errors.ts';
import { corrupted, parseCorruptions } from '../../images/corruption.ts';
import { openImages } from '../../images/open.ts';
import type { DecodedImage, ImageSource } from '../../images/source.ts';
import { psnr, ssim } from '../../metrics/pixels.ts';
import type { ExtractionAnswer, ExtractionJob, RepeatedExtraction } from './extraction.ts';

// One repeat of an extraction, in its own process: nothing is left over from the repeat before.
const send = (answer: ExtractionAnswer) => process.send!(answer);
process.once('message', (job: ExtractionJob) => {
  extract(job).then(
    (result) => send({ result }),
    (error) => {
      const message = error instanceof Error ? error.message : String(error);
      send({ error: message, hint: error instanceof StudyError ? error.hint : undefined });
    },
  );
});

async function extract(job: ExtractionJob): Promise<RepeatedExtraction> {
  const { originals, copies } = await readImages(job);
  const { variation, lpips } = job;
  const { path, dimension, adapter } = job.extractor;
  const { provider, threads, workers, level: optimization, batch_size: batchSize } = variation;
  const settings = { provider, threads, optimization, batchSize };
  const places = Array.from({ length: workers }, () => ({ provider }));
  const session = await openPool(places, (place) =>
    openSession({ path, adapter, threads, optimization, ...place }),
  );
  const images = [...originals, ...copies];
  const features = new Float32Array(images.length * dimension);
  // The first run allocates and plans: it says nothing about the speed of a long extraction.
  const [first] = images;
  await session.run(new Uint8Array(first!.data), first!.height, first!.width);
  const start = performance.now();
  let done = 0;
  // As many batches wait as there are networks: more would only fill memory.
  const running = new Set<Promise<void>>();
  for (const batch of batchesOf(images, batchSize)) {
    if (running.size > workers) await Promise.race(running);
    const run: Promise<void> = session
      .run(batch.pixels, batch.height, batch.width)
      .then((rows) => {
        batch.indices.forEach((index, i) => {
          features.set(rows.subarray(i * dimension, (i + 1) * dimension), index * dimension);
        });
        done += batch.indices.length;
        send({ done, total: images.length });
      })
      .finally(() => running.delete(run));
    run.catch(() => {});
    running.add(run);
  }
  await Promise.all(running);
  const seconds = (performance.now() - start) / 1000;
  await session.close();
  const half = originals.length * dimension;
  return {
    originals: features.slice(0, half),
    copies: features.slice(half),
    psnr: originals.map((image, i) => psnr(image.data, copies[i]!.data)),
    ssim: originals.map((image, i) => ssim(image.data, copies[i]!.data, image.width, image.height)),
    lpips: lpips === undefined ? null : await lpipsOf(lpips, originals, copies, settings),
    seconds,
  };
}

async function readImages({ images, selection, corruption }: ExtractionJob) {
  const source = await openImages(images, selection);
  try {
    const originals = await decodeAll(source);
    return { originals, copies: await decodeAll(corrupted(source, parseCorruptions(corruption))) };
  } finally {
    await source.close();
  }
}

async function decodeAll(source: ImageSource): Promise<DecodedImage[]> {
  const images: DecodedImage[] = [];
  for (let i = 0; i < source.names.length; i++) {
    images.push(await source.decode(await source.read(i), i));
  }
  return images;
}

function* batchesOf(images: readonly DecodedImage[], size: number) {
  const batcher = new Batcher(size);
  for (const [index, image] of images.entries()) {
    const batch = batcher.add(image, index);
    if (batch) yield batch;
  }
  yield* batcher.rest();
}
