import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { Digests } from '../../src/embeddings/digests.ts';
import { noKnownRows } from '../../src/embeddings/known-rows.ts';
import { PartialSet } from '../../src/embeddings/partial-set.ts';
import { runNetwork } from '../../src/embeddings/run-network.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
const images = join(folder, 'images.npz');
const imageBytes = 6 * 8 * 3;
const values = Uint8Array.from({ length: 140 * imageBytes }, (_, i) => (i * 31 + (i >> 7)) % 251);
await writeNpz(images, { arr_0: { shape: [140, 6, 8, 3], values } });

async function features(name: string, batchBytes?: number): Promise<Buffer> {
  const source = await openImages(images);
  const digests = new Digests(source.names.length);
  const set = await PartialSet.open(join(folder, name), extractor.dimension, digests);
  try {
    await runNetwork({
      source,
      set,
      extractor,
      batchBytes,
      places: [{ provider: 'cpu' }],
      digests,
      known: noKnownRows,
      batchSize: 8,
      threads: 1,
      skipBad: false,
      onDone() {},
    });
    await set.complete();
    return readFileSync(join(folder, name, 'features.npy'));
  } finally {
    await set.close();
    await source.close();
  }
}

it('gives the same bits where a bound on pixels makes batches smaller', async () => {
  const whole = await features('whole');
  expect(whole.length).toBe(128 + 140 * extractor.dimension * 4);
  expect((await features('bounded', 4 * imageBytes)).equals(whole)).toBe(true);
});
