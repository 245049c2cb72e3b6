import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import type { EmbeddingsOptions } from '../../src/embeddings/embeddings-options.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
const images = join(folder, 'images.npz');
const values = Uint8Array.from({ length: 300 * 144 }, (_, i) => (i * 31 + (i >> 7)) % 251);
await writeNpz(images, { arr_0: { shape: [300, 6, 8, 3], values } });

/** Extracts with a cache of its own, so that nothing comes from an earlier run. */
async function extract(cache: string, options: Partial<EmbeddingsOptions>) {
  process.env.STUDY_CACHE = join(folder, cache);
  const source = await openImages(images);
  const extraction = await extractEmbeddings({ source, extractor, ...options });
  extraction.embeddings.close();
  await source.close();
  return { ...extraction, bytes: readFileSync(extraction.embeddings.featuresPath) };
}

describe('deterministic extraction', () => {
  it('gives the same bits in every run and for any number of networks', async () => {
    const first = await extract('first', { deterministic: true, networks: 1 });
    expect(first.manifest.extraction).toEqual({
      provider: 'cpu',
      batchSize: 16,
      threads: 1,
      deterministic: true,
    });
    for (const [name, networks] of [
      ['again', 1],
      ['two', 2],
      ['three', 3],
    ] as const) {
      const { bytes, manifest, cached } = await extract(name, { deterministic: true, networks });
      expect(cached).toBe(false);
      expect(bytes.equals(first.bytes)).toBe(true);
      expect(manifest.key).toBe(first.manifest.key);
    }
  });

  it('takes nothing from an extraction that promised nothing, nor the other way round', async () => {
    const plain = await extract('shared', { threads: 1 });
    const promised = await extract('shared', { deterministic: true });
    expect(promised.cached).toBe(false);
    expect(promised.reused).toBe(0);
    expect(promised.manifest.key).not.toBe(plain.manifest.key);
    expect((await extract('shared', { deterministic: true, networks: 2 })).cached).toBe(true);
    expect((await extract('shared', { threads: 2 })).manifest.key).toBe(plain.manifest.key);
    const batches = await extract('shared', { deterministic: true, batchSize: 8 });
    expect(batches.manifest.key).not.toBe(promised.manifest.key);
  });

  it('refuses threads that would share a batch', async () => {
    await expect(extract('refused', { deterministic: true, threads: 2 })).rejects.toMatchObject({
      message: 'deterministic extraction on 2 threads of one network',
      hint: expect.stringContaining('--networks'),
    });
  });
});
