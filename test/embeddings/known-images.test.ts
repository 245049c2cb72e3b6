import { cpSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import type { EmbeddingsOptions } from '../../src/embeddings/embeddings-options.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import type { ImageSource } from '../../src/images/source.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
const images = join(folder, 'images');
mkdirSync(images);
for (let i = 0; i < 9; i++) writeFileSync(join(images, `${i}.png`), await png(picture(i)));
let round = 0;

/** Files as if written some seconds ago. */
function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  for (const name of readdirSync(path)) utimesSync(join(path, name), then, then);
}

beforeEach(() => {
  process.env.STUDY_CACHE = join(folder, `cache-${round++}`);
  age(images, 100);
});

/** What an extraction did, and how many images it read. */
async function extract(path: string, options: Partial<EmbeddingsOptions> = {}) {
  const source = await openImages(path);
  let reads = 0;
  const counted: ImageSource = {
    ...source,
    read: async (index) => {
      reads++;
      return source.read(index);
    },
  };
  const { embeddings, cached, manifest } = await extractEmbeddings({
    extractor,
    threads: 1,
    ...options,
    source: counted,
  });
  embeddings.close();
  await source.close();
  return { cached, reads, key: manifest.key };
}

describe('images that are in the cache', () => {
  it('are not read while their files look the same', async () => {
    const first = await extract(images);
    expect(first).toMatchObject({ cached: false, reads: 9 });
    expect(await extract(images)).toEqual({ cached: true, reads: 0, key: first.key });
    const bytes = await png(picture(77));
    writeFileSync(join(images, '4.png'), bytes);
    age(images, 50);
    const second = await extract(images);
    expect(second.key).not.toBe(first.key);
    expect(second.cached).toBe(false);
    writeFileSync(join(images, '4.png'), await png(picture(4)));
    age(images, 20);
    expect(await extract(images)).toMatchObject({ cached: true, key: first.key });
  });

  it('are read again where they were written just now', async () => {
    age(images, 0);
    await extract(images);
    expect(await extract(images)).toMatchObject({ cached: true, reads: 9 });
  });

  it('are found under another path by reading them, and other images after one', async () => {
    const first = await extract(images);
    const [same, other] = [join(folder, 'same'), join(folder, 'other')];
    cpSync(images, same, { recursive: true });
    expect(await extract(same)).toEqual({ cached: true, reads: 9, key: first.key });
    mkdirSync(other);
    for (let i = 0; i < 9; i++) writeFileSync(join(other, `${i}.png`), await png(picture(30 + i)));
    // Deterministic sets copy no rows, so that only this tells them.
    const promised = { deterministic: true };
    await extract(images, promised);
    expect(await extract(other, promised)).toMatchObject({ cached: false, reads: 10 });
    expect(await extract(same, promised)).toMatchObject({ cached: true });
    rmSync(other, { recursive: true });
  });

  it('are those of one archive too, selected or not', async () => {
    const path = join(folder, 'images.npz');
    const values = Uint8Array.from({ length: 12 * 144 }, (_, i) => (i * 31 + (i >> 7)) % 251);
    await writeNpz(path, { arr_0: { shape: [12, 6, 8, 3], values } });
    const then = Date.now() / 1000 - 100;
    utimesSync(path, then, then);
    await extract(path);
    expect(await extract(path)).toMatchObject({ cached: true, reads: 0 });
    const otherModel = { extractor: { ...extractor, mode: 'other' } };
    expect(await extract(path, otherModel)).toMatchObject({ cached: false, reads: 12 });
  });
});
