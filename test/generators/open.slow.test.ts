import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { quantised } from '../../src/generators/network.ts';
import { openGenerator } from '../../src/generators/open.ts';
import { generatorOf } from '../../src/generators/spec.ts';
import { openImages, openSelected } from '../../src/images/open.ts';
import { descriptionPath } from '../../src/models/custom/extractor.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import {
  convGenerator,
  plainDescription,
  storedGenerator,
  tinyGenerator,
} from './tiny-generators.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

/** All images of a source, `atOnce` of them asked for at a time. */
async function drawn(path: string, count: number, atOnce: number, seed = 0): Promise<Buffer> {
  const source = await openGenerator({ path, count, seed });
  try {
    const images: Uint8Array[] = [];
    for (let first = 0; first < count; first += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => first + i);
      images.push(...(await Promise.all(some.map((index) => source.read(index)))));
    }
    return Buffer.concat(images);
  } finally {
    await source.close();
  }
}

describe('the images of a generator', () => {
  it('are the same 1,000 bit for bit, 1, 7 or 64 at a time', async () => {
    const one = await drawn(convGenerator, 1000, 1);
    expect(one).toHaveLength(1000 * 3 * 16 * 16);
    for (const atOnce of [7, 64]) {
      expect(Buffer.compare(await drawn(convGenerator, 1000, atOnce), one)).toBe(0);
    }
    // Images differ from each other, and are neither black nor white.
    const levels = new Set(one.subarray(0, 3 * 16 * 16));
    expect(levels.size).toBeGreaterThan(20);
    expect(Buffer.compare(one.subarray(0, 768), one.subarray(768, 1536))).not.toBe(0);
  });

  it('continue where fewer ended, also within a batch', async () => {
    const many = await drawn(convGenerator, 50, 8);
    const few = await drawn(convGenerator, 21, 3);
    expect(Buffer.compare(few, many.subarray(0, few.length))).toBe(0);
  });

  it('are others with another seed', async () => {
    const [a, b] = [await drawn(convGenerator, 4, 4, 0), await drawn(convGenerator, 4, 4, 1)];
    expect(Buffer.compare(a, b)).not.toBe(0);
  });

  it('are the same in any order', async () => {
    const source = await openGenerator({ path: convGenerator, count: 700, seed: 3 });
    const backwards: Uint8Array[] = [];
    for (let index = 699; index >= 0; index -= 61) backwards.push(await source.read(index));
    await source.close();
    const all = await drawn(convGenerator, 700, 64, 3);
    for (const [i, image] of backwards.entries()) {
      const start = (699 - 61 * i) * 768;
      expect(Buffer.compare(image, all.subarray(start, start + 768))).toBe(0);
    }
  });

  it('are those of PyTorch, in bytes', async () => {
    const session = await InferenceSession.create(convGenerator);
    const z = Float32Array.from({ length: 24 }, (_, i) => ((i * 7) % 33) / 8 - 2);
    const { images } = await session.run({
      z: new Tensor('float32', z, [3, 8]),
      y: new Tensor('int64', BigInt64Array.of(0n, 3n, 1n), [3]),
    });
    const fit = { batch: 3, height: 16, width: 16, classes: 'int64' } as const;
    const output = { name: 'images', layout: 'NCHW', range: [-1, 1] } as const;
    const made = quantised(images!, fit, { ...output, range: [-1, 1] });
    const npy = readFileSync(new URL('./fixtures/conv-images.npy', import.meta.url));
    const expected = npy.subarray(-3 * 768);
    const apart = made.images.map((value, i) => Math.abs(value - expected[i]!));
    // A value at the edge of two levels may go to either; here none does.
    expect(Math.max(...apart)).toBe(0);
    await session.release();
  });

  it('are in RGB, whatever the layout, and are named by their place', async () => {
    const stored = Uint8Array.from({ length: 5 * 2 * 2 * 3 }, (_, i) => (i * 37) % 256);
    const path = storedGenerator(at('stored.onnx'), stored, 2);
    const source = await openGenerator({ path, count: 7, seed: 0 });
    expect(source.names.slice(0, 2)).toEqual(['00000000', '00000001']);
    const image = await source.read(6);
    expect([...image]).toEqual([...stored.subarray(12, 24)]);
    expect(await source.decode(image, 6)).toMatchObject({ width: 2, height: 2 });
    await source.close();
  });

  it('can be limited and corrupted as any images, by their own content', async () => {
    const open = () => openGenerator({ path: convGenerator, count: 20, seed: 0 });
    const [some, all] = [
      await openSelected(open, { limit: 5, seed: 1, corrupt: 'blur:1' }),
      await open(),
    ];
    const index = Number(some.names[4]);
    expect(some.recipe!(4)).toEqual(all.recipe!(index));
    expect(some.treatment).toContain('blur');
    expect(Buffer.compare(await some.read(4), await all.read(index))).toBe(0);
    await some.close();
    await all.close();
  });

  it('have no content in common with those of a changed description', async () => {
    const path = tinyGenerator(at('changed.onnx'));
    const recipe = async () => {
      const source = await openGenerator({ path, count: 1, seed: 0 });
      await source.close();
      return String(source.recipe!(0));
    };
    const before = await recipe();
    const change = (more: object) =>
      writeFileSync(descriptionPath(path), JSON.stringify({ ...plainDescription, ...more }));
    change({ note: 'for people' });
    expect(await recipe()).toBe(before);
    for (const more of [{ batch: 3 }, { latent: { ...plainDescription.latent, std: 2 } }]) {
      change(more);
      expect(await recipe()).not.toBe(before);
    }
  });
});

describe('a bad generator', () => {
  const reading = async (path: string) => {
    const source = await openGenerator({ path, count: 2, seed: 0 });
    return source.read(1).finally(() => source.close());
  };

  it.each([
    [Number.NaN, 'has the value NaN'],
    [Number.POSITIVE_INFINITY, 'has the value Infinity'],
  ])('of values %s is refused at the first image', async (scale, message) => {
    const path = tinyGenerator(at(`bad-${scale}.onnx`), { scale });
    await expect(reading(path)).rejects.toThrow(
      `image 1 of the generator ${path} with seed 0 ${message}`,
    );
  });

  it('of open shapes that do not fit is refused where it fails, with what it was given', async () => {
    const latent = { ...plainDescription.latent, shape: [5] };
    const path = tinyGenerator(at('dynamic.onnx'), { latentDims: ['N', 'd'] }, { latent });
    await expect(reading(path)).rejects.toThrow(/dynamic\.onnx failed on latents \[16, 5\]: /);
    await expect(reading(path)).rejects.toBeInstanceOf(StudyError);
  });

  it('of images of another size than is stated is refused', async () => {
    const output = { ...plainDescription.output, size: 7 };
    const path = tinyGenerator(at('size.onnx'), { imageDims: ['N', 3, 'h', 'w'] }, { output });
    await expect(reading(path)).rejects.toThrow(
      'it gives float32 [16,3,6,6], not images [16,3,7,7]',
    );
  });

  it('of classes that it does not have is refused', async () => {
    const path = at('classes.onnx');
    writeFileSync(path, readFileSync(convGenerator));
    const own = JSON.parse(readFileSync(descriptionPath(convGenerator), 'utf8'));
    writeFileSync(
      descriptionPath(path),
      JSON.stringify({ ...own, classes: { ...own.classes, count: 9 } }),
    );
    await expect(reading(path)).rejects.toThrow(/failed on latents \[16, 8\] and classes 0 to 8: /);
  });
});

describe('generatorOf', () => {
  it('reads the name of a generator’s images, and takes a path for none', async () => {
    expect(generatorOf('a/GEN.onnx:50000')).toEqual({ path: 'a/GEN.onnx', count: 50_000, seed: 0 });
    expect(generatorOf('C:\\g.onnx:5:7')).toEqual({ path: 'C:\\g.onnx', count: 5, seed: 7 });
    for (const path of ['samples', 'cifar10:train', 'GEN.onnx', 'a.npy:5']) {
      expect(generatorOf(path)).toBeUndefined();
    }
    await expect(openImages('samples.onnx', {})).rejects.toThrow(StudyError);
  });

  it.each([
    ['g.onnx:', 'invalid number of images of the generator g.onnx: '],
    ['g.onnx:0', 'invalid number of images of the generator g.onnx: 0'],
    ['g.onnx:1e3', 'invalid number of images of the generator g.onnx: 1e3'],
    ['g.onnx:16777217', 'invalid number of images of the generator g.onnx: 16777217'],
    ['g.onnx:5:-1', 'invalid seed of the generator g.onnx: -1'],
    ['g.onnx:5:9007199254740993', 'invalid seed of the generator g.onnx: 9007199254740992'],
  ])('refuses %s', (text, message) => {
    expect(() => generatorOf(text)).toThrow(message);
  });
});
