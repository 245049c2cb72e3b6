import { describe, expect, it } from 'vitest';
import { type Batch, Batcher } from '../../src/embeddings/batches.ts';
import { decodeAhead } from '../../src/embeddings/decode-ahead.ts';
import { Digests, digestOf, hashImages } from '../../src/embeddings/digests.ts';
import { type KnownRows, noKnownRows } from '../../src/embeddings/known-rows.ts';
import { StudyError } from '../../src/errors.ts';
import type { DecodedImage, ImageSource } from '../../src/images/source.ts';

const image = (height: number, width: number, value = 0): DecodedImage => ({
  height,
  width,
  data: new Uint8Array(height * width * 3).fill(value),
});

/** All batches of images of these sizes, the i-th full of the value i. */
function batchesOf(sizes: readonly [number, number][], size: number, bytes: number): Batch[] {
  const batcher = new Batcher(size, bytes);
  const batches: Batch[] = [];
  for (const [i, [height, width]] of sizes.entries()) {
    const batch = batcher.add(image(height, width, i), i);
    if (batch) batches.push(batch);
  }
  return [...batches, ...batcher.rest()];
}

describe('Batcher', () => {
  it('has fewer images in a batch where their pixels are many', () => {
    const small = batchesOf(Array(10).fill([2, 5]), 4, 1000);
    expect(small.map(({ indices }) => indices.length)).toEqual([4, 4, 2]);
    // 300 bytes each: three are within 1000.
    const large = batchesOf(Array(10).fill([10, 10]), 4, 1000);
    expect(large.map(({ indices }) => indices.length)).toEqual([3, 3, 3, 1]);
    const huge = batchesOf(Array(3).fill([40, 40]), 4, 1000);
    expect(huge.map(({ indices }) => indices)).toEqual([[0], [1], [2]]);
  });

  it('gives every image once, beside its like, with its own pixels', () => {
    const sizes = Array.from({ length: 200 }, (_, i): [number, number] => [
      1 + ((i * 7) % 5) * 4,
      2 + (i % 3) * 9,
    ]);
    const batches = batchesOf(sizes, 6, 1500);
    const seen = batches.flatMap(({ indices }) => indices);
    expect(seen.toSorted((a, b) => a - b)).toEqual([...sizes.keys()]);
    for (const { height, width, pixels, indices } of batches) {
      expect(pixels).toHaveLength(indices.length * height * width * 3);
      expect(indices.length === 1 || pixels.length <= 1500).toBe(true);
      for (const [row, index] of indices.entries()) {
        expect(sizes[index]).toEqual([height, width]);
        expect(pixels[row * height * width * 3]).toBe(index);
      }
    }
  });

  it('lets no more wait than four batches hold, in images and in pixels', () => {
    const batcher = new Batcher(100, 3000);
    let waiting = 0;
    // No two are alike: only the bound on what waits ever makes a batch.
    for (let i = 1; i <= 60; i++) {
      waiting += 3 * i * 10;
      const batch = batcher.add(image(i, 10), i);
      if (batch) waiting -= batch.pixels.length;
      expect(waiting).toBeLessThan(4 * 3000);
    }
  });
});

describe('decodeAhead', () => {
  const side = 100;
  const bytes = 3 * side * side;

  /** How many decoded images wait at most for a consumer that is slower than decoding. */
  async function mostWaiting(count: number, ahead: { images: number; bytes: number }) {
    let [decoded, most] = [0, 0];
    const source: ImageSource = {
      path: 'images',
      names: Array.from({ length: count }, (_, i) => String(i)),
      size: async () => 1,
      pixels: () => side * side,
      read: async (index) => Uint8Array.of(index),
      async decode() {
        decoded++;
        return image(side, side);
      },
      async close() {},
    };
    const order: number[] = [];
    const images = decodeAhead(source, new Digests(count), 0, ahead, noKnownRows);
    for await (const { index } of images) {
      most = Math.max(most, decoded - order.length);
      order.push(index);
      await new Promise(setImmediate);
    }
    expect(order).toEqual(Array.from({ length: count }, (_, i) => i));
    return most;
  }

  it('is ahead by as many images as are asked for, where their pixels allow it', async () => {
    expect(await mostWaiting(40, { images: 6, bytes: 2 ** 27 })).toBe(6);
  });

  it('is ahead by no more pixels than are allowed, but by one image in any case', async () => {
    // One more is in the consumer's hands.
    expect(await mostWaiting(40, { images: 64, bytes: 5 * bytes })).toBeLessThanOrEqual(6);
    expect(await mostWaiting(5, { images: 64, bytes: bytes / 2 })).toBeLessThanOrEqual(2);
  });
});

describe('decodeAhead of images whose headers say that they are large', () => {
  /** The most bytes that files and pixels took at once, and in which order images came. */
  async function mostAtOnce(sizes: readonly number[], ahead: { images: number; bytes: number }) {
    const reading = { now: 0, most: 0 };
    const decoding = { now: 0, most: 0 };
    const add = (count: typeof reading, bytes: number) => {
      count.now += bytes;
      count.most = Math.max(count.most, count.now);
    };
    const source: ImageSource = {
      path: 'images',
      names: sizes.map(String),
      size: async (index) => sizes[index]!,
      pixels: (_, index) => sizes[index]!,
      // The first images take longest: the later ones are ready before their turn.
      async read(index) {
        add(reading, sizes[index]!);
        await new Promise((resolve) => setTimeout(resolve, 2 * ((sizes.length - index) % 5)));
        return Uint8Array.of(index);
      },
      async decode(_, index) {
        add(reading, -sizes[index]!);
        if (index === 3) throw new StudyError('bad', 'image');
        add(decoding, 3 * sizes[index]!);
        return { width: sizes[index]!, height: 1, data: new Uint8Array(3 * sizes[index]!) };
      },
      async close() {},
    };
    const digests = new Digests(sizes.length);
    const fifth = digestOf({}, Uint8Array.of(5));
    const known: KnownRows = {
      ...noKnownRows,
      async find(digest) {
        if (!fifth.equals(digest)) return undefined;
        add(reading, -sizes[5]!);
        return { key: 'another', copy() {} };
      },
    };
    const order: number[] = [];
    for await (const outcome of decodeAhead(source, digests, 0, ahead, known)) {
      order.push(outcome.index);
      if ('image' in outcome) add(decoding, -outcome.image.data.length);
      await new Promise(setImmediate);
    }
    expect(order).toEqual([...sizes.keys()]);
    return { files: reading.most, pixels: decoding.most };
  }

  it('has no more of them in memory than are allowed, and one in any case', async () => {
    const many = Array.from({ length: 30 }, (_, i) => 100 + (i % 7));
    const some = await mostAtOnce(many, { images: 16, bytes: 1000 });
    expect(some.files).toBeLessThanOrEqual(1000);
    // One more is in the consumer's hands.
    expect(some.pixels).toBeLessThanOrEqual(1000 + 3 * 106);
    expect(some.pixels).toBeGreaterThan(2 * 3 * 100);
    const large = await mostAtOnce(many, { images: 16, bytes: 10 });
    expect(large.files).toBe(106);
    expect(large.pixels).toBeLessThanOrEqual(2 * 318);
  });
});

describe('hashImages', () => {
  it('reads large files one after the other', async () => {
    let [now, most] = [0, 0];
    const source: ImageSource = {
      path: 'images',
      names: Array.from({ length: 20 }, (_, i) => String(i)),
      size: async () => 2 ** 28,
      pixels: () => 1,
      async read() {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
        return Uint8Array.of(1);
      },
      decode: async () => image(1, 1),
      async close() {},
    };
    expect((await hashImages(source)).count).toBe(20);
    expect(most).toBe(1);
  });
});
