import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../src/images/open.ts';
import { kindOf } from '../../src/sides/kind-of.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { classesOf, decoded, setFile } from './sets.ts';
import { picture } from './sources.ts';

const at = (name: string) => join(temporary, name);
const temporary = temporaryFolder();
const pictures = Array.from({ length: 4 }, (_, i) => picture(i));

describe('an array of NumPy', () => {
  it.each(['images.npy', 'samples.npz', 'adm.npz'])('holds images: %s', async (name) => {
    expect(await kindOf(setFile(name))).toMatchObject({ kind: 'images' });
    const source = await openImages(setFile(name));
    expect(source.names).toEqual(['000000', '000001', '000002', '000003']);
    // The same content as in any other file of arrays, so that features are found again.
    expect(source.treatment).toBe('uint8 6x8x3');
    expect(await decoded(source)).toEqual(pictures);
  });

  it('has the classes that ADM’s samplers write', async () => {
    expect(await classesOf(await openImages(setFile('adm.npz')))).toEqual(['0', '1', '0', '1']);
    expect(await classesOf(await openImages(setFile('images.npy')))).toBeUndefined();
  });

  it.each([
    ['channels-first.npy', 'uint8 [4, 3, 6, 8]: channels first (NCHW)', 'a.transpose(0, 2, 3, 1)'],
    ['unit.npy', 'float32 [4, 6, 8, 3]: floats in [0, 1]', '(a * 255)'],
    ['signed.npy', 'float32 [4, 6, 8, 3]: floats in [-1, 1]', '((a + 1) * 127.5)'],
    [
      'torch.npy',
      'float32 [4, 3, 6, 8]: channels first (NCHW), floats in [-1, 1]',
      '((a.transpose(0, 2, 3, 1) + 1) * 127.5)',
    ],
    ['bytes-as-floats.npy', 'float64 [4, 6, 8, 3]: floats from 0.00 to 255', 'a.round()'],
    ['grey.npy', 'uint8 [4, 6, 8]: grey images without channels', 'a[..., None].repeat(3, axis=3)'],
    ['one-channel.npy', 'uint8 [4, 6, 8, 1]: grey, one channel', 'a.repeat(3, axis=3)'],
    ['four-channels.npy', 'uint8 [4, 6, 8, 4]: four channels (RGBA)', 'a[..., :3]'],
    ['int64.npy', 'int64 [4, 6, 8, 3]: other whole numbers', "a.astype('uint8')"],
    ['one-image.npy', 'uint8 [6, 8, 3]: one image', 'a[None]'],
    ['fortran.npy', 'in Fortran order', 'np.ascontiguousarray(a)'],
  ])('is refused by what it looks like, with its conversion: %s', async (name, looks, code) => {
    const path = setFile(name);
    expect(await kindOf(path)).toMatchObject({ kind: 'images' });
    await expect(openImages(path)).rejects.toMatchObject({
      name: 'StudyError',
      message: expect.stringContaining(`${path} is ${looks}`),
      hint: expect.stringContaining(`a = np.load('${path}'); np.save('images.npy', ${code}`),
    });
  });

  it('is refused where two of an .npz hold images, or its file is cut', async () => {
    await expect(openImages(setFile('two.npz'))).rejects.toThrow(
      `${setFile('two.npz')} holds several arrays of images: real, fake`,
    );
    const whole = readFileSync(setFile('images.npy'));
    for (const length of [whole.length - 1, 200, 128]) {
      writeFileSync(at('cut.npy'), whole.subarray(0, length));
      await expect(openImages(at('cut.npy'))).rejects.toThrow(
        `cut.npy has ${length} bytes, not those of its shape (4, 6, 8, 3)`,
      );
    }
  });

  it('of features is no set of images', async () => {
    const path = join(setFile(''), '../../../arrays/fixtures/float32-little.npy');
    expect(await kindOf(path)).toMatchObject({ kind: 'features' });
    await expect(openImages(path)).rejects.toThrow('not images');
  });
});
