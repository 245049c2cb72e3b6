import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { hashImages } from '../../src/embeddings/digests.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages, type Selection } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { jpeg, picture, png, writeZip } from '../images/sources.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
const at = (name: string) => join(folder, name);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

// Three images whose bytes are of 32 × 32, 64 × 16 or 16 × 64 pixels, interleaved or in planes.
const imageBytes = 3 * 32 * 32;
const values = Uint8Array.from({ length: 3 * imageBytes }, (_, i) => (i * 31 + (i >> 7)) % 251);
await writeNpz(at('square.npz'), { arr_0: { shape: [3, 32, 32, 3], values } });
await writeNpz(at('tall.npz'), { arr_0: { shape: [3, 64, 16, 3], values } });
await writeNpz(at('wide.npz'), { arr_0: { shape: [3, 16, 64, 3], values } });
const records = [0, 1, 2].map((i) => [i, ...values.subarray(i * imageBytes, (i + 1) * imageBytes)]);
writeFileSync(at('planes.bin'), Uint8Array.from(records.flat()));
const layouts = ['square.npz', 'tall.npz', 'wide.npz', 'planes.bin'];

async function hashOf(name: string, selection?: Selection): Promise<string> {
  const source = await openImages(at(name), selection);
  try {
    return (await hashImages(source)).ofAll();
  } finally {
    await source.close();
  }
}

describe('the digests of images', () => {
  it('differ where the same bytes are of another shape or layout, corrupted or not', async () => {
    for (const selection of [{}, { limit: 2 }, { corrupt: 'noise:4' }]) {
      const hashes = await Promise.all(layouts.map((name) => hashOf(name, selection)));
      expect(new Set(hashes).size).toBe(layouts.length);
    }
  });

  it('keep sets of the same bytes apart in the cache, and their rows', async () => {
    process.env.STUDY_CACHE = at('cache');
    const keys = new Set<string>();
    for (const name of layouts) {
      const source = await openImages(at(name));
      const extraction = await extractEmbeddings({ source, extractor, threads: 1 });
      extraction.embeddings.close();
      await source.close();
      expect([name, extraction.cached, extraction.reused]).toEqual([name, false, 0]);
      keys.add(extraction.manifest.key);
    }
    expect(keys.size).toBe(layouts.length);
  });

  it('are the plain sha256 of the files of encoded images, in a folder or a zip', async () => {
    const files = { 'a.png': await png(picture(1)), 'b.jpg': await jpeg(picture(2)) };
    await writeZip(at('encoded.zip'), files);
    const digests = Object.values(files).map((file) => Buffer.from(sha256(file), 'hex'));
    expect(await hashOf('encoded.zip')).toBe(sha256(Buffer.concat(digests)));
  });
});
