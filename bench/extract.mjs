// `study extract` against the bare session: how much of onnxruntime's own rate is left while images are
// read, hashed, decoded and features written; what one network on all cores gives; and PyTorch.
// Needs the pulled model. The images are JPEGs of noise, 32 × 32 like CIFAR-10's.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { extractEmbeddings } from '../dist/embeddings/extract.js';
import { defaultBatch } from '../dist/embeddings/network-count.js';
import { openSession } from '../dist/embeddings/session.js';
import { openPool } from '../dist/embeddings/session-pool.js';
import { openImages } from '../dist/images/open.js';
import { resolveExtractor } from '../dist/models/resolve.js';
import { stream } from '../dist/random/stream.js';
import { rateGoal } from './goals.mjs';
import { findPeer } from './peer.mjs';
import { median } from './rounds.mjs';
import { figure, times } from './tables.mjs';

const BATCH = defaultBatch('cpu');
/** Of PyTorch, which is faster with more. */
const PEER_BATCH = 32;
const SIDE = 32;

export async function bench(options) {
  const extractor = await resolveExtractor('nsfw-inception-v3').catch((error) => error);
  const peer = { name: 'torchvision inception_v3', asked: 'inception' };
  return [await extraction('Extraction', extractor, peer, options)];
}

/**
 * One table: the bare network, extraction with it, and a peer's.
 *
 * @param extractor or an error that says why it is missing
 * @param peer the request to a Python process, and its name in the table
 */
export async function extraction(title, extractor, peer, { quick, threads, folder }) {
  if (extractor instanceof Error) {
    return { title, rows: [], notes: [`Left out: ${extractor.message}.`] };
  }
  const path = join(folder, `images-${peer.asked}`);
  const count = quick ? 96 : 192;
  await makeImages(path, count);
  const load = loadavg()[0].toFixed(1);
  const what = `${extractor.name}: Inception-v3, 299 × 299, batches of ${BATCH}, load average before the run ${load}. Bare: ${threads} networks of one thread side by side, on pixels that lie ready. Extraction: with the same networks from JPEGs of ${SIDE} × ${SIDE} in a folder to rows in the cache.`;
  const place = { path: extractor.path, provider: 'cpu' };
  const side = Array.from({ length: threads }, () => ({ ...place, threads: 1 }));
  const session = await openPool(side, openSession);
  const wide = await openSession({ ...place, threads });
  const batch = { batch: PEER_BATCH, side: SIDE, threads, ...peer.options };
  const torch = await findPeer(threads, peer.asked, batch);
  const versions = torch && (await torch.ask('versions')).result;

  /** Images per second between the end of the first batch and the end of the last. */
  const steadyRate = (networks) => {
    const ends = [];
    return {
      mark: () => ends.push(performance.now()),
      // From the moment when every network has done its first batch.
      rate: () => ((ends.length - networks) * BATCH * 1000) / (ends.at(-1) - ends[networks - 1]),
    };
  };
  const bare = async (session, networks) => {
    const { mark, rate } = steadyRate(networks);
    // Noise, as in the files: a network is slower on pixels whose activations are denormal numbers.
    const random = stream('bench', 'pixels');
    const batches = Array.from({ length: count / BATCH }, () =>
      Uint8Array.from({ length: BATCH * SIDE * SIDE * 3 }, () => random.integer(256)),
    );
    await Promise.all(batches.map((pixels) => session.run(pixels, SIDE, SIDE).then(mark)));
    return rate();
  };
  const extracting = async (round) => {
    const { mark, rate } = steadyRate(threads);
    // No round finds the cache of the round before.
    process.env.STUDY_CACHE = join(folder, `cache-${peer.asked}-${round}`);
    const source = await openImages(path);
    const extraction = await extractEmbeddings({
      source,
      extractor,
      onProgress: ({ phase, done }) => phase === 'extracting' && done % BATCH === 0 && mark(),
    });
    extraction.embeddings.close();
    await source.close();
    return rate();
  };
  const inPyTorch = async () => PEER_BATCH / (await torch.ask(peer.asked, batch)).seconds;

  const rates = { bare: [], extraction: [], wide: [], torch: [] };
  const rounds = quick ? 1 : 3;
  for (let round = 0; round < rounds; round++) {
    rates.bare.push(await bare(session, threads));
    rates.extraction.push(await extracting(round));
    rates.wide.push(await bare(wide, 1));
    if (torch) rates.torch.push(await inPyTorch());
  }
  await session.close();
  await wide.close();
  await torch?.close();
  const found = Object.fromEntries(
    Object.entries(rates).map(([name, values]) => [name, median(values)]),
  );
  const row = (name, rate) => ({
    '': name,
    'images/s': figure(rate),
    'of bare onnxruntime': times(rate, found.bare),
  });
  const rows = [
    row('bare onnxruntime', found.bare),
    row('study extract', found.extraction),
    row(`one network on ${threads} threads`, found.wide),
  ];
  if (torch) rows.push(row(`${peer.name}, PyTorch ${versions.PyTorch}`, found.torch));
  const notes = [
    `Medians of ${rounds} round${rounds === 1 ? '' : 's'} in turns, each from the end of its first batch.`,
  ];
  if (found.extraction > found.bare) {
    const each = (name) => rates[name].map((rate) => figure(rate)).join(', ');
    notes.push(
      `Extraction runs the bare session and does more: what is above 1 is how rates vary, bare ${each('bare')} images/s, extraction ${each('extraction')}.`,
    );
  }
  if (!torch) notes.push(`${peer.name} was left out: no Python here can run it.`);
  const goals = [rateGoal(`study extract, ${extractor.name}`, found.extraction, found.bare, 0.98)];
  return { title, what, rows, goals, notes };
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
