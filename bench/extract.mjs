// `study extract` against the bare session: how much of onnxruntime's own rate is left once images
// are read, hashed, decoded and written beside it. Needs the pulled model and a folder or zip.
//   npm run build && node bench/extract.mjs IMAGES [images a round] [rounds]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractEmbeddings } from '../dist/embeddings/extract.js';
import { openSession } from '../dist/embeddings/session.js';
import { openImages } from '../dist/images/open.js';
import { resolveExtractor } from '../dist/models/resolve.js';

const [path, perRound = '256', rounds = '4'] = process.argv.slice(2);
const count = Number(perRound);
const batchSize = 32;
const extractor = await resolveExtractor('nsfw-inception-v3');
const cache = mkdtempSync(join(tmpdir(), 'study-bench-'));
process.env.STUDY_CACHE = cache;
const session = await openSession({ path: extractor.path, provider: 'cpu', threads: 2 });

/** Images a second between the end of the first batch and the end of the last. */
function steadyRate() {
  const ends = [];
  return {
    mark: () => ends.push(performance.now()),
    rate: () => ((ends.length - 1) * batchSize * 1000) / (ends.at(-1) - ends[0]),
  };
}

async function bare() {
  const { mark, rate } = steadyRate();
  const run = () => session.run(new Uint8Array(batchSize * 32 * 32 * 3), 32, 32).then(mark);
  await Promise.all(Array.from({ length: count / batchSize }, run));
  return rate();
}

async function extracting(seed) {
  const { mark, rate } = steadyRate();
  const source = await openImages(path, { limit: count, seed });
  const extraction = await extractEmbeddings({
    ...{ source, extractor, batchSize, threads: 2 },
    onProgress: ({ phase, done }) => phase === 'extracting' && done > 0 && mark(),
  });
  extraction.embeddings.close();
  busy.push(extraction.busy);
  await source.close();
  return rate();
}

// In turns, so that what else the machine does falls on both.
const busy = [];
const rates = { bare: [], extraction: [] };
for (let round = 0; round < Number(rounds); round++) {
  rates.bare.push(await bare());
  rates.extraction.push(await extracting(round));
}
await session.close();
rmSync(cache, { recursive: true });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
for (const [name, values] of Object.entries(rates)) {
  const all = values.map((value) => value.toFixed(2)).join(', ');
  console.log(`${name}: median ${median(values).toFixed(2)} images/s of ${all}`);
}
console.log(`extraction / bare = ${(median(rates.extraction) / median(rates.bare)).toFixed(3)}`);
console.log(`the network ran ${(100 * median(busy)).toFixed(1)} % of the time`);
