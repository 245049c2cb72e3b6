// `study extract` against the bare session: how much of onnxruntime's own rate is left once images
// are read, hashed, decoded and written beside it; and both against PyTorch. Needs the pulled model;
// the images are JPEGs of noise, 32 × 32 as CIFAR-10's.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { extractEmbeddings } from '../dist/embeddings/extract.js';
import { openSession } from '../dist/embeddings/session.js';
import { openImages } from '../dist/images/open.js';
import { resolveExtractor } from '../dist/models/resolve.js';
import { stream } from '../dist/random/stream.js';
import { findPeer } from './peer.mjs';
import { median } from './rounds.mjs';
import { figure, times } from './tables.mjs';

const BATCH = 32;
const SIDE = 32;

export async function bench({ quick, threads, folder }) {
  const what = `Inception-v3, 299 × 299, batches of ${BATCH}, ${threads} threads. Bare: the session alone, on pixels that lie ready. Extraction: from JPEGs of ${SIDE} × ${SIDE} in a folder to rows in the cache.`;
  const title = 'Extraction';
  const extractor = await resolveExtractor('nsfw-inception-v3').catch((error) => error);
  if (extractor instanceof Error) {
    return [{ title, what, rows: [], notes: [`Left out: ${extractor.message}.`] }];
  }
  const count = quick ? 96 : 256;
  const path = join(folder, 'images');
  await makeImages(path, count);
  process.env.STUDY_CACHE = join(folder, 'cache');
  const session = await openSession({ path: extractor.path, provider: 'cpu', threads });
  const batch = { batch: BATCH, side: SIDE, threads };
  const torch = await findPeer(threads, 'inception', batch);
  const versions = torch && (await torch.ask('versions')).result;

  /** Images a second between the end of the first batch and the end of the last. */
  const steadyRate = () => {
    const ends = [];
    return {
      mark: () => ends.push(performance.now()),
      rate: () => ((ends.length - 1) * BATCH * 1000) / (ends.at(-1) - ends[0]),
    };
  };
  const bare = async () => {
    const { mark, rate } = steadyRate();
    const run = () => session.run(new Uint8Array(BATCH * SIDE * SIDE * 3), SIDE, SIDE).then(mark);
    await Promise.all(Array.from({ length: count / BATCH }, run));
    return rate();
  };
  const extracting = async (round) => {
    const { mark, rate } = steadyRate();
    // Another order is another set: no round finds what the one before has cached.
    const source = await openImages(path, { limit: count - round, seed: round });
    const extraction = await extractEmbeddings({
      ...{ source, extractor, batchSize: BATCH, threads },
      onProgress: ({ phase, done }) => phase === 'extracting' && done % BATCH === 0 && mark(),
    });
    extraction.embeddings.close();
    await source.close();
    return rate();
  };
  const inPyTorch = async () => BATCH / (await torch.ask('inception', batch)).seconds;

  const rates = { bare: [], extraction: [], torch: [] };
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    rates.bare.push(await bare());
    rates.extraction.push(await extracting(round));
    if (torch) rates.torch.push(await inPyTorch());
  }
  await session.close();
  await torch?.close();
  const found = Object.fromEntries(
    Object.entries(rates).map(([name, values]) => [name, median(values)]),
  );
  const row = (name, rate) => ({
    '': name,
    'images/s': figure(rate),
    'of bare onnxruntime': times(rate, found.bare),
  });
  return [
    {
      title,
      what,
      rows: [
        row('bare onnxruntime', found.bare),
        row('study extract', found.extraction),
        ...(torch
          ? [row(`torchvision inception_v3, PyTorch ${versions.PyTorch}`, found.torch)]
          : []),
      ],
      notes: torch ? [] : ['PyTorch was left out: no Python here has torch and torchvision.'],
    },
  ];
}

async function makeImages(folder, count) {
  mkdirSync(folder);
  const random = stream('bench', 'images');
  for (let i = 0; i < count; i++) {
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => random.integer(256));
    const raw = { width: SIDE, height: SIDE, channels: 3 };
    const name = `${String(i).padStart(4, '0')}.jpg`;
    writeFileSync(join(folder, name), await sharp(pixels, { raw }).jpeg().toBuffer());
  }
}
