import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { subset } from '../../src/images/subset.ts';
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

/** Features of some of the first images of the test set, each time in an empty cache. */
async function features(positions: readonly number[]): Promise<Map<number, Float32Array>> {
  process.env.STUDY_CACHE = join(folder, `${positions.length}-${positions[0]}`);
  mkdirSync(process.env.STUDY_CACHE);
  const source = subset(await openImages(cifar, { glob: 'test/**', limit: 48 }), positions);
  const { embeddings } = await extractEmbeddings({ source, extractor: pulled!, batchSize: 32 });
  const rows = positions.map((position, row): [number, Float32Array] => {
    const out = new Float32Array(embeddings.dimension);
    embeddings.readBlock(row, 1, out);
    return [position, out];
  });
  embeddings.close();
  await source.close();
  return new Map(rows);
}

describe.skipIf(!pulled || lacksGolden(CIFAR))('a row of the Inception-v3', () => {
  it('has the same bits in any place and company, in a smaller last batch too', async () => {
    // 48: a whole batch and half a one.
    const whole = await features([...Array(48).keys()]);
    for (const positions of [[40, 3, 31, 32, 0, 17, 9], [31], [47, 46]]) {
      const some = await features(positions);
      for (const [position, row] of some) expect(row).toEqual(whole.get(position));
    }
  });
});
