import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Extractor } from '../../src/models/extractor.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { distanceOfFeatures, referenceOfFeatures } from '../../src/sources/features.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const cifar = fileURLToPath(new URL('../../../shared/data/cifar10-jpeg.zip', import.meta.url));
const pulled: Extractor | undefined = await resolveExtractor('nsfw-inception-v3').catch(() => {
  console.log('skipped: run `study models pull nsfw-inception-v3` for these tests');
  return undefined;
});

/** Features of 48 images and of their JPEG copies, in a cache of their own, and their FID. */
async function extract(cache: string, workers: number) {
  process.env.STUDY_CACHE = join(folder, cache);
  const algebra = fastAlgebra(1);
  const sides = [];
  for (const corrupt of [undefined, 'jpeg:30']) {
    // 48: a whole batch and half a one, so that two networks run side by side.
    const selection = { glob: 'test/**', limit: 48, ...(corrupt && { corrupt }) };
    const source = await openImages(cifar, selection);
    const extraction = await extractEmbeddings({
      ...{ source, extractor: pulled!, selection, deterministic: true, workers },
    });
    await source.close();
    expect(extraction.cached).toBe(false);
    sides.push(extraction.embeddings);
  }
  const [reference, generated] = [sides[0]!, sides[1]!];
  const prepared = await referenceOfFeatures(reference, algebra);
  const { distance } = await distanceOfFeatures(prepared, generated, algebra);
  const bytes = sides.map(({ featuresPath }) => readFileSync(featuresPath));
  for (const side of sides) side.close();
  return { distance, bytes };
}

describe.skipIf(!pulled || !existsSync(cifar))(
  'deterministic extraction by an Inception-v3',
  () => {
    it('gives the same bits of features and FID, run by run and for one network or two', async () => {
      const first = await extract('first', 1);
      expect(first.distance).toBeGreaterThan(0);
      for (const [cache, workers] of [
        ['again', 1],
        ['two', 2],
        ['two again', 2],
      ] as const) {
        const { distance, bytes } = await extract(cache, workers);
        expect(bytes.map((each, i) => each.equals(first.bytes[i]!))).toEqual([true, true]);
        expect(distance).toBe(first.distance);
      }
    });
  },
);
