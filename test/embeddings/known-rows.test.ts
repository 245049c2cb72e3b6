import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import type { EmbeddingsOptions } from '../../src/embeddings/embeddings-options.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { openImages } from '../../src/images/open.ts';
import { limitTo, subset } from '../../src/images/subset.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
// Whoever opens this as a network fails: rows that come without it were copied.
const noNetwork = { ...extractor, path: join(folder, 'missing.onnx') };
let round = 0;

/** A cache with nothing in it. */
function emptyCache(): void {
  process.env.STUDY_CACHE = join(folder, `cache-${round++}`);
}
beforeEach(emptyCache);

const count = 300;
const values = Uint8Array.from({ length: count * 144 }, (_, i) => (i * 31 + (i >> 7)) % 251);
await writeNpz(join(folder, 'all.npz'), { arr_0: { shape: [count, 6, 8, 3], values } });
const all = await openImages(join(folder, 'all.npz'));

async function run(options: Partial<EmbeddingsOptions>) {
  const defaults = { source: all, extractor, threads: 1, batchSize: 8 };
  const extraction = await extractEmbeddings({ ...defaults, ...options });
  extraction.embeddings.close();
  const features = readFileSync(extraction.embeddings.featuresPath);
  return { ...extraction, features, folder: extraction.embeddings.path };
}

describe('a set whose images are in the cache in part', () => {
  it('runs the others only, and gives the bytes of a set that was run as a whole', async () => {
    const whole = await run({});
    emptyCache();
    const part = await run({ source: limitTo(all, 170, 1) });
    const grown = await run({});
    expect(grown.cached).toBe(false);
    expect(grown.reused).toBe(170);
    expect(grown.manifest.reused).toEqual({ rows: 170, from: [part.manifest.key] });
    expect(grown.features.equals(whole.features)).toBe(true);
    expect(grown.manifest.features).toEqual(whole.manifest.features);
    expect(whole.manifest.reused).toEqual({ rows: 0, from: [] });
  });

  it('needs no network where all are there, in whatever order and of however many sets', async () => {
    const whole = await run({});
    emptyCache();
    const first = await run({ source: limitTo(all, 200) });
    const second = await run({
      source: subset(
        all,
        [...Array(150).keys()].map((i) => 299 - i),
      ),
    });
    const again = await run({ extractor: noNetwork });
    expect(again.busy).toBeNull();
    const keys = [first.manifest.key, second.manifest.key].sort();
    expect(again.manifest.reused).toEqual({ rows: 300, from: keys });
    expect(again.features.equals(whole.features)).toBe(true);
  });

  it('counts copied rows over an interruption', async () => {
    await run({ source: limitTo(all, 120, 2) });
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const stopped = run({
      signal: controller.signal,
      onProgress({ phase, done }) {
        if (phase === 'extracting' && done > 250) controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    const resumed = await run({});
    expect(resumed.resumed).toBeGreaterThan(128);
    expect(resumed.reused).toBeLessThan(120);
    expect(resumed.manifest.reused!.rows).toBe(120);
  });

  it('gives the rows of images beside one that cannot be decoded', async () => {
    const path = join(folder, 'damaged');
    mkdirSync(path);
    // Batches of 8: an image that is alone in one has other last bits in the tiny network's product.
    for (let i = 0; i < 11; i++) writeFileSync(join(path, `${10 + i}.png`), await png(picture(i)));
    const sound = await run({ source: await openImages(path) });
    emptyCache();
    writeFileSync(join(path, '14.png'), 'no picture');
    await run({ source: await openImages(path), skipBad: true });
    rmSync(join(path, '14.png'));
    const rest = await run({ source: await openImages(path), extractor: noNetwork });
    expect(rest.reused).toBe(10);
    const [rows, header] = [20, sound.features.length - 11 * 20];
    const wanted = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10].map((row) =>
      sound.features.subarray(header + row * rows, header + (row + 1) * rows),
    );
    expect(rest.features.subarray(header).equals(Buffer.concat(wanted))).toBe(true);
  });
});

describe('rows of another set', () => {
  it.each([
    ['another batch size', { batchSize: 7 }],
    ['another number of threads', { threads: 2 }],
    ['another mode', { extractor: { ...extractor, mode: 'other' } }],
    ['other weights', { extractor: { ...extractor, sha256: '0'.repeat(64) } }],
  ])('are not taken where it had %s', async (_, options) => {
    await run({ source: limitTo(all, 40), ...options });
    expect((await run({ source: limitTo(all, 60) })).reused).toBe(0);
  });

  it('are not taken where it was made elsewhere', async () => {
    const set = await run({ source: limitTo(all, 40) });
    const path = join(set.folder, 'manifest.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"cpu": "[^"]*"(?=,\n *"cores")/, '"cpu": "another"'));
    expect((await run({ source: limitTo(all, 60) })).reused).toBe(0);
    writeFileSync(path, text.replace(/"sharp": "[^"]*"/, '"sharp": "0.1.2"'));
    expect((await run({ source: limitTo(all, 61) })).reused).toBe(60);
  });

  it('are taken of a set from an earlier version once it was asked for again', async () => {
    const set = await run({ source: limitTo(all, 40) });
    const digests = join(set.folder, 'digests.bin');
    const before = readFileSync(digests);
    rmSync(digests);
    expect((await run({ source: limitTo(all, 50, 1) })).reused).toBe(0);
    expect((await run({ source: limitTo(all, 40) })).cached).toBe(true);
    expect(readFileSync(digests).equals(before)).toBe(true);
    expect((await run({ source: limitTo(all, 45) })).reused).toBeGreaterThanOrEqual(40);
  });

  it.each(['features.npy', 'digests.bin', 'manifest.json'])(
    'are not taken where its %s is damaged',
    async (name) => {
      const set = await run({ source: limitTo(all, 40) });
      const bytes = readFileSync(join(set.folder, name));
      bytes[bytes.length - 7]! ^= 1;
      writeFileSync(join(set.folder, name), bytes);
      expect((await run({ source: limitTo(all, 60) })).reused).toBe(0);
    },
  );
});

describe('corrupted images', () => {
  it('are another set than the images they are made from, and share no rows with them', async () => {
    const whole = await run({ source: limitTo(all, 40) });
    const open = (corrupt: string, limit = 40) =>
      openImages(join(folder, 'all.npz'), { limit, corrupt });
    const noisy = await run({ source: await open('noise:9') });
    expect(noisy.manifest.key).not.toBe(whole.manifest.key);
    expect(noisy.reused).toBe(0);
    expect(noisy.features.equals(whole.features)).toBe(false);
    expect((await run({ source: await open('noise:9@1') })).reused).toBe(0);
    expect((await run({ source: await open('noise:9') })).cached).toBe(true);
    expect((await run({ source: await open('noise:9', 50) })).reused).toBe(40);
  });
});
