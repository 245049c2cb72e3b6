import { truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import type { EmbeddingsOptions } from '../../src/embeddings/embeddings-options.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { sessionsOf, settingsOf } from '../../src/embeddings/settings.ts';
import { openImages } from '../../src/images/open.ts';
import type { Adapter } from '../../src/models/extractor.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
const cores = availableParallelism();

/** Networks, and threads of each. */
function shared(options: Parameters<typeof settingsOf>[0]) {
  const settings = settingsOf(options);
  return [sessionsOf(options, settings).length, settings.threads];
}

describe('networks on a processor', () => {
  it('are one per core, of one thread each', () => {
    expect(shared({ extractor })).toEqual([cores, 1]);
    expect(shared({ extractor, deterministic: true })).toEqual([cores, 1]);
  });

  it('are one where threads are given, and as many as are asked for', () => {
    expect(shared({ extractor, threads: 3 })).toEqual([1, 3]);
    expect(shared({ extractor, networks: 1 })).toEqual([1, cores]);
    expect(shared({ extractor, networks: 5 })).toEqual([5, 1]);
    expect(shared({ extractor, networks: 2, threads: 3 })).toEqual([2, 3]);
  });

  it('get 16 images at a time, or whole batches of the only size that they take', () => {
    const batchSize = (batch: number | null) =>
      settingsOf({ extractor: { ...extractor, adapter: { ...({} as Adapter), batch } } }).batchSize;
    expect([null, 1, 5, 16, 48].map(batchSize)).toEqual([16, 16, 20, 16, 48]);
  });

  it('are fewer, of more threads, where memory is short', () => {
    const path = join(folder, 'huge.onnx');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 42);
    expect(shared({ extractor: { path } })).toEqual([1, cores]);
    expect(shared({ extractor: { path }, deterministic: true })).toEqual([1, 1]);
  });
});

describe('a cached set', () => {
  const images = join(folder, 'images.npz');
  const extract = async (options: Partial<EmbeddingsOptions>) => {
    const source = await openImages(images);
    const extraction = await extractEmbeddings({ source, extractor, ...options });
    extraction.embeddings.close();
    await source.close();
    return extraction;
  };

  it('of one network on all cores, in batches of 32, is found by the defaults of today', async () => {
    process.env.STUDY_CACHE = join(folder, 'cache');
    const values = Uint8Array.from({ length: 40 * 144 }, (_, i) => (i * 31) % 251);
    await writeNpz(images, { arr_0: { shape: [40, 6, 8, 3], values } });
    const old = await extract({ threads: cores, batchSize: 32 });
    expect(old.cached).toBe(false);
    const today = await extract({});
    expect(today.cached).toBe(true);
    // It says how its rows were made, not how they would be made now.
    expect(today.manifest.extraction).toEqual({ provider: 'cpu', threads: cores, batchSize: 32 });
  });
});
