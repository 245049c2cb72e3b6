import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openEmbeddings } from '../../src/embeddings/open.ts';
import { openImages } from '../../src/images/open.ts';
import type { Extractor } from '../../src/models/extractor.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { CIFAR, golden, lacksGolden } from '../golden.ts';

const folder = temporaryFolder();
const FEATURES = 'features-nsfw-inception-v3.npy';
const pulled: Extractor | undefined = await resolveExtractor('nsfw-inception-v3').catch(() => {
  console.log('skipped: run `study models pull nsfw-inception-v3` for these tests');
  return undefined;
});

async function features(path: string, batchSize: number, glob: string, limit: number) {
  process.env.STUDY_CACHE = join(folder, String(batchSize));
  const source = await openImages(path, { glob, limit });
  const { embeddings } = await extractEmbeddings({ source, extractor: pulled!, batchSize });
  const out = new Float32Array(embeddings.rows * embeddings.dimension);
  embeddings.readBlock(0, embeddings.rows, out);
  embeddings.close();
  await source.close();
  return out;
}

/** The largest norm of a row's difference, relative to the row's own norm. */
function largestDifference(a: Float32Array, b: Float32Array, dimension = 2048): number {
  let largest = 0;
  for (let start = 0; start < a.length; start += dimension) {
    let [difference, norm] = [0, 0];
    for (let i = start; i < start + dimension; i++) {
      difference += (a[i]! - b[i]!) ** 2;
      norm += b[i]! ** 2;
    }
    largest = Math.max(largest, Math.sqrt(difference / norm));
  }
  return largest;
}

describe.skipIf(!pulled)('the Inception-v3', () => {
  it.skipIf(lacksGolden(CIFAR))('gives the same features for any batch size', async () => {
    const [one, seven, whole] = [
      await features(golden(CIFAR), 1, 'test/**', 32),
      await features(golden(CIFAR), 7, 'test/**', 32),
      await features(golden(CIFAR), 32, 'test/**', 32),
    ];
    expect(largestDifference(one, whole)).toBeLessThan(1e-5);
    expect(largestDifference(seven, whole)).toBeLessThan(1e-5);
  });

  it.skipIf(lacksGolden(FEATURES, 'images'))(
    'gives the golden features through the whole path',
    async () => {
      // The six images of 32 × 32; the other two are for the resizing modes.
      const actual = await features(golden('images'), 32, '{a,b,cat,d}*', 6);
      const expected = await openEmbeddings(golden(FEATURES));
      const wanted = new Float32Array(6 * 2048);
      expected.readBlock(0, 6, wanted);
      expected.close();
      expect(largestDifference(actual, wanted)).toBeLessThan(1e-4);
    },
  );
});
