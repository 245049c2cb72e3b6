import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import {
  distanceOfFeatures,
  featuresInMemory,
  referenceOfFeatures,
} from '../../src/metrics/features.ts';
import type { Extractor } from '../../src/models/extractor.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { CIFAR, golden, lacksGolden } from '../golden.ts';

const folder = temporaryFolder();
const cifar = golden(CIFAR);
const pulled: Extractor | undefined = await resolveExtractor('nsfw-inception-v3').catch(() => {
  console.log('skipped: run `study models pull nsfw-inception-v3` for these tests');
  return undefined;
});

/** Features of 32 images in two batches, in a cache of their own; FID of one half against the other. */
async function extract(cache: string, networks: number) {
  process.env.STUDY_CACHE = join(folder, cache);
  const source = await openImages(cifar, { glob: 'test/**', limit: 32 });
  const { embeddings, cached } = await extractEmbeddings({
    source,
    extractor: pulled!,
    batchSize: 16,
    deterministic: true,
    networks,
  });
  await source.close();
  expect(cached).toBe(false);
  const { dimension, featuresPath } = embeddings;
  const half = (first: number) => {
    const values = new Float32Array(16 * dimension);
    embeddings.readBlock(first, 16, values);
    return featuresInMemory(values, dimension);
  };
  const algebra = fastAlgebra(1);
  const reference = await referenceOfFeatures(half(0), algebra);
  const { distance } = await distanceOfFeatures(reference, half(16), algebra);
  embeddings.close();
  return { distance, bytes: readFileSync(featuresPath) };
}

describe.skipIf(!pulled || lacksGolden(CIFAR))(
  'deterministic extraction by an Inception-v3',
  () => {
    it('gives the same bits of features and FID, run by run and for one network or two', async () => {
      const first = await extract('first', 1);
      expect(first.distance).toBeGreaterThan(0);
      for (const [cache, networks] of [
        ['again', 1],
        ['two', 2],
        ['two again', 2],
      ] as const) {
        const { distance, bytes } = await extract(cache, networks);
        expect(bytes.equals(first.bytes)).toBe(true);
        expect(distance).toBe(first.distance);
      }
    });
  },
);
