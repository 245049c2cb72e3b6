import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { StudyError } from '../../src/errors.ts';
import { matchGlob } from '../../src/images/names.ts';
import { openImages } from '../../src/images/open.ts';
import type { ImageSource } from '../../src/images/source.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png, writeZip } from './sources.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const names = ['set/test/b/2.png', 'set/train/a/0.PNG', 'set/train/a/1.png', 'set/train/b/0.png'];

async function decoded(source: ImageSource): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  for (let i = 0; i < source.names.length; i++) {
    const image = await source.decode(await source.read(i), i);
    expect(image.data.length).toBe(image.width * image.height * 3);
    images.push(new Uint8Array(image.data));
  }
  await source.close();
  return images;
}

function write(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

beforeAll(async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [i, name] of names.entries()) files[name] = await png(picture(i));
  for (const [name, bytes] of Object.entries(files)) write(at(name), bytes);
  for (const junk of ['set/notes.txt', 'set/.hidden.png', '__MACOSX/set/._0.png']) {
    write(at(junk), 'no image');
    files[junk] = Buffer.from('no image');
  }
  const backwards = Object.fromEntries(Object.entries(files).reverse());
  await writeZip(at('stored.zip'), backwards);
  await writeZip(at('deflated.zip'), backwards, true);
});

describe('a folder and a zip', () => {
  it('give the same images in the order of their names', async () => {
    const pictures = names.map((_, i) => picture(i));
    const inFolder = await openImages(at('set'));
    expect(inFolder.names).toEqual(names.map((name) => name.replace('set/', '')));
    expect(await decoded(inFolder)).toEqual(pictures);
    for (const name of ['stored.zip', 'deflated.zip']) {
      const zip = await openImages(at(name));
      expect(zip.names).toEqual(names);
      expect(await decoded(zip)).toEqual(pictures);
    }
  });

  it.each([
    ['train/**', 3],
    ['set/train/**', 3],
    ['**/b/*', 2],
    ['train/', 3],
    ['0.*', 2],
    ['*.png', 3],
    ['{test,train}/b/*.png', 2],
  ])('match %s as a user would expect', async (glob, count) => {
    const source = await openImages(at('stored.zip'), { glob });
    expect(source.names).toHaveLength(count);
    await source.close();
  });

  it.each([
    ['of groups in groups', '(a+)+b', 'takes too long to match'],
    ['of many stars', '*a*a*a*a*a*a*a*a*a*a*a*b', 'takes too long to match'],
    ['of nothing', '', 'the pattern of --glob is empty'],
    ['of 5000 characters', 'a'.repeat(5000), 'has 5000 characters'],
  ])('refuse a pattern %s', async (_, glob, reason) => {
    mkdirSync(at('long'), { recursive: true });
    for (let i = 0; i < 3; i++) write(at(`long/${'a'.repeat(150)}${i}.png`), 'x');
    await expect(openImages(at('long'), { glob })).rejects.toThrow(reason);
  });

  it('take any pattern for one, or refuse it in words', async () => {
    const piece = fc.constantFrom(
      ...'*?+!@()[]{}|,./\\ab^$-',
      '**',
      '*(',
      '+(',
      '!(',
      '/**/',
      '{a,b}',
    );
    const source = { names: ['a.png', 'b/a.png', 'b/aa(1).png', '[x].png'] };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          expect(matchGlob(source.names, pieces.join(''), 'set').length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it('show some names when nothing matches', async () => {
    await expect(openImages(at('stored.zip'), { glob: 'val/**' })).rejects.toMatchObject({
      message: `no image in ${at('stored.zip')} matches 'val/**'`,
      hint: expect.stringContaining('set/test/b/2.png'),
    });
  });

  it('follow links, but not in circles', async () => {
    mkdirSync(at('linked/below'), { recursive: true });
    symlinkSync(at('set/train'), at('linked/train'));
    symlinkSync(at('linked'), at('linked/below/up'));
    symlinkSync(at('gone.png'), at('linked/gone.png'));
    const source = await openImages(at('linked'));
    expect(source.names).toEqual(['gone.png', 'train/a/0.PNG', 'train/a/1.png', 'train/b/0.png']);
    await expect(source.read(0)).rejects.toThrow(/no such file or folder: .*gone\.png/);
  });
});

describe('limit and seed', () => {
  it('take the first, or a random subset in the order of the names', async () => {
    const bytes = await png(picture(0));
    await writeZip(
      at('many.zip'),
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${100 + i}.png`, bytes])),
    );
    const chosen = async (limit: number, seed?: number) => {
      const selection = seed === undefined ? { limit } : { limit, seed };
      const source = await openImages(at('many.zip'), selection);
      await source.close();
      return source.names.map((name) => Number.parseInt(name, 10));
    };
    expect(await chosen(3)).toEqual([100, 101, 102]);
    const ten = await chosen(10, 7);
    expect(ten).toEqual([...ten].sort((a, b) => a - b));
    expect(new Set(ten).size).toBe(10);
    expect(await chosen(10, 7)).toEqual(ten);
    expect(await chosen(10, 8)).not.toEqual(ten);
    expect((await chosen(20, 7)).filter((name) => ten.includes(name))).toEqual(ten);
  });

  it('are refused where they make no sense', async () => {
    const open = (selection: object) => openImages(at('stored.zip'), selection);
    await expect(open({ limit: 0 })).rejects.toThrow(/invalid limit.*: 0/);
    await expect(open({ limit: 2.5 })).rejects.toThrow(/invalid limit.*: 2.5/);
    await expect(open({ limit: 5 })).rejects.toThrow(/limit larger than the set: 5 of 4/);
    await expect(open({ seed: 1 })).rejects.toThrow(/seed without a limit: 1/);
  });
});

describe('an npz', () => {
  const [count, height, width] = [5, 6, 8];
  const pixels = Uint8Array.from(Array.from({ length: count }, (_, i) => [...picture(i)]).flat());
  const pictures = Array.from({ length: count }, (_, i) => picture(i));

  it('gives its images, stored or deflated', async () => {
    await writeNpz(at('stored.npz'), {
      arr_0: { shape: [count, height, width, 3], values: pixels },
    });
    const stored = await openImages(at('stored.npz'));
    expect(stored.names).toEqual(['000000', '000001', '000002', '000003', '000004']);
    expect(await decoded(stored)).toEqual(pictures);
    await deflate(at('stored.npz'), at('deflated.npz'));
    const deflated = await openImages(at('deflated.npz'), { limit: 3 });
    expect(await decoded(deflated)).toEqual(pictures.slice(0, 3));
  });

  it('is refused where it is damaged, or its array is none of images', async () => {
    const bad = at('bad.npz');
    await writeNpz(bad, { arr_0: { shape: [10], values: Float32Array.from({ length: 10 }) } });
    await expect(openImages(bad)).rejects.toThrow(/arr_0 in .* is float32 \[10\]/);
    await writeNpz(bad, { mu: { shape: [1], values: Float64Array.of(1) } });
    await expect(openImages(bad)).rejects.toThrow(/no array of images in .*holds: mu/);
    const { readFileSync } = await import('node:fs');
    for (const name of ['stored.npz', 'deflated.npz']) {
      const bytes = readFileSync(at(name));
      bytes[200]! ^= 1;
      writeFileSync(bad, bytes);
      await expect(openImages(bad)).rejects.toThrow(/arr_0\.npy in .*bad\.npz/);
    }
  });
});

/** The same archive with its members deflated. */
async function deflate(from: string, to: string): Promise<void> {
  const { openZip } = await import('../../src/arrays/zip.ts');
  const zip = await openZip(from);
  const files: Record<string, Uint8Array> = {};
  for (const member of zip.members) files[member.name] = await zip.read(member);
  await zip.close();
  await writeZip(to, files, true);
}

describe('CIFAR-10 batches', () => {
  // Planes of 32 × 32: every red byte is 10 i, green 10 i + 1, blue 10 i + 2.
  const record = (i: number) =>
    Buffer.from([i, ...[0, 1, 2].flatMap((c) => Array<number>(1024).fill(10 * i + c))]);

  it('give their images, one batch or a folder of several', async () => {
    mkdirSync(at('cifar'));
    writeFileSync(at('cifar/data_batch_2.bin'), Buffer.concat([record(2), record(3)]));
    writeFileSync(at('cifar/data_batch_1.bin'), record(1));
    writeFileSync(at('cifar/test_batch.bin'), record(4));
    const all = await openImages(at('cifar'));
    expect(all.names).toEqual([
      'data_batch_1/000000',
      'data_batch_2/000000',
      'data_batch_2/000001',
      'test_batch/000000',
    ]);
    const first = (await decoded(all)).map((image) => [...image.subarray(0, 4)]);
    expect(first).toEqual([1, 2, 3, 4].map((i) => [10 * i, 10 * i + 1, 10 * i + 2, 10 * i]));
    const one = await openImages(at('cifar/data_batch_2.bin'));
    expect(await decoded(one)).toHaveLength(2);
    const train = await openImages(at('cifar'), { glob: 'data_batch_*/*' });
    expect(train.names).toHaveLength(3);
    await train.close();
  });

  it('are refused when not whole', async () => {
    writeFileSync(at('cut.bin'), record(1).subarray(0, 3072));
    await expect(openImages(at('cut.bin'))).rejects.toThrow(/has 3072 bytes, not whole/);
  });
});

describe('openImages', () => {
  it('refuses what is missing, empty or of no known kind', async () => {
    mkdirSync(at('nothing'));
    await expect(openImages(at('none'))).rejects.toThrow(/no such file or folder: .*none/);
    await expect(openImages(at('nothing'))).rejects.toThrow(/no images in .*nothing/);
    await expect(openImages(at('set/notes.txt'))).rejects.toThrow(/cannot read images from/);
    writeFileSync(at('fake.zip'), 'this is no zip, only a text of that name');
    await expect(openImages(at('fake.zip'))).rejects.toThrow(/cannot read the zip/);
  });
});
