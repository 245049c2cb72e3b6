import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { decodeImage } from '../../src/images/decode.ts';
import { jpeg, picture, png } from './sources.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
/** RGB in base64, of make-cmyk.py. */
const ofPillow: Record<string, string> = JSON.parse(readFileSync(fixture('cmyk.json'), 'utf8'));

const [width, height] = [8, 6];
const pixels = picture(1, width, height);
const raw = (data: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4, w = width, h = height) =>
  sharp(data, { raw: { width: w, height: h, channels } });

/** A bitmap as Windows Paint writes it: rows upwards, blue first, padded to four bytes. */
function bitmap(bits: 8 | 24 | 32, topDown = false, w = width, h = height): Buffer {
  const palette = bits === 8 ? 256 * 4 : 0;
  const rowBytes = Math.ceil((w * bits) / 32) * 4;
  const bytes = Buffer.alloc(54 + palette + rowBytes * h);
  bytes.write('BM');
  bytes.writeUInt32LE(54 + palette, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(w, 18);
  bytes.writeInt32LE(topDown ? -h : h, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  for (let i = 0; i < palette; i++) bytes[54 + i] = i % 4 === 3 ? 0 : 255 - (i >> 2);
  const source = picture(1, w, h);
  for (let y = 0; y < h; y++) {
    const row = 54 + palette + (topDown ? y : h - 1 - y) * rowBytes;
    for (let x = 0; x < w; x++) {
      const rgb = source.subarray((y * w + x) * 3, (y * w + x) * 3 + 3);
      if (bits === 8) bytes[row + x] = 255 - rgb[0]!;
      else for (let c = 0; c < 3; c++) bytes[row + (x * bits) / 8 + c] = rgb[2 - c]!;
    }
  }
  return bytes;
}

/** A TIFF of one pixel of CMYK in 16 bits. */
function deepCmyk(): Buffer {
  const [short, long] = [3, 4];
  const pixel = 8;
  const bits = pixel + 8;
  const directory = bits + 8;
  const tags = [
    [256, long, 1, 1],
    [257, long, 1, 1],
    [258, short, 4, bits],
    [259, short, 1, 1],
    [262, short, 1, 5],
    [273, long, 1, pixel],
    [277, short, 1, 4],
    [278, long, 1, 1],
    [279, long, 1, 8],
  ] as const;
  const bytes = Buffer.alloc(directory + 2 + tags.length * 12 + 4);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(directory, 4);
  for (let i = 0; i < 4; i++) bytes.writeUInt16LE(16, bits + 2 * i);
  bytes.writeUInt16LE(tags.length, directory);
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    const at = directory + 2 + i * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
}

describe('decodeImage', () => {
  it.each(['png', 'webp', 'tiff'] as const)('gives the pixels of a %s back', async (format) => {
    const bytes = await raw(pixels, 3).toFormat(format, { lossless: true }).toBuffer();
    const image = await decodeImage(bytes, 'a');
    expect(image).toMatchObject({ width, height });
    // TIFF is JPEG-compressed by default.
    const near = Math.max(...image.data.map((value, i) => Math.abs(value - pixels[i]!)));
    expect(near).toBeLessThanOrEqual(format === 'tiff' ? 8 : 0);
  });

  it('decodes a JPEG to within its loss', async () => {
    const { data } = await decodeImage(await jpeg(pixels), 'a.jpg');
    const worst = Math.max(...data.map((value, i) => Math.abs(value - pixels[i]!)));
    expect(worst).toBeLessThanOrEqual(12);
  });

  it('repeats grey, drops alpha without blending, takes the upper 8 of 16 bits', async () => {
    const grey = Uint8Array.from({ length: width * height }, (_, i) => i * 5);
    const repeated = [...grey].flatMap((value) => [value, value, value]);
    const greyPng = await raw(grey, 1).toColourspace('b-w').png().toBuffer();
    expect([...(await decodeImage(greyPng, 'grey')).data]).toEqual(repeated);

    const clear = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 10 : pixels[Math.floor(i / 4) * 3 + (i % 4)]!,
    );
    const clearPng = await raw(clear, 4).png().toBuffer();
    expect((await decodeImage(clearPng, 'clear')).data).toEqual(Buffer.from(pixels));

    const deep = Uint16Array.from(pixels, (value) => value * 256 + 200);
    const deepPng = await raw(deep, 3).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deepPng).metadata()).depth).toBe('ushort');
    expect((await decodeImage(deepPng, 'deep')).data).toEqual(Buffer.from(pixels));
  });

  it.each(Object.keys(ofPillow))("turns CMYK into Pillow's RGB, %s", async (name) => {
    const bytes = readFileSync(fixture(name));
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const image = await decodeImage(bytes, name);
    expect(image).toMatchObject({ width: 24, height: 16 });
    expect(Buffer.from(image.data).toString('base64')).toBe(ofPillow[name]);
  });

  it('tells a CMYK image that is cut off, and refuses 16 bits, which Pillow has no RGB of', async () => {
    const cut = readFileSync(fixture('cmyk-adobe.jpg')).subarray(0, 700);
    await expect(decodeImage(cut, 'cut.jpg')).rejects.toThrow('cannot decode cut.jpg');
    const deep = deepCmyk();
    expect(await sharp(deep).metadata()).toMatchObject({ space: 'cmyk', depth: 'ushort' });
    await expect(decodeImage(deep, 'deep.tif')).rejects.toThrow(
      'cannot decode deep.tif: CMYK of 4 channels (ushort); save it as RGB',
    );
  });

  it('leaves the EXIF orientation alone, as the Python tools do', async () => {
    const bytes = await raw(pixels, 3).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodeImage(bytes, 'turned.jpg')).toMatchObject({ width, height });
  });

  it('reads bitmaps of 8, 24 and 32 bits, either way up', async () => {
    for (const [w, topDown] of [
      [8, false],
      [7, true],
    ] as const) {
      const expected = picture(1, w, height);
      for (const bits of [24, 32] as const) {
        const image = await decodeImage(bitmap(bits, topDown, w), 'a.bmp');
        expect(image).toEqual({ width: w, height, data: expected });
      }
      const { data } = await decodeImage(bitmap(8, topDown, w), 'a.bmp');
      const reds = expected.filter((_, i) => i % 3 === 0);
      expect([...data]).toEqual([...reds].flatMap((value) => [value, value, value]));
    }
  });

  it('reads PPM and PGM, binary and plain, of 8 and 16 bits', async () => {
    const decode = async (header: string, data: number[] = []) => {
      const bytes = Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(data)]);
      return [...(await decodeImage(bytes, 'a.ppm')).data];
    };
    expect(await decode('P6\n# made by hand\n2 1\n255\n', [1, 2, 3, 4, 5, 6])).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(await decode('P5 2 1 255\n', [7, 9])).toEqual([7, 7, 7, 9, 9, 9]);
    expect(await decode('P5 2 1 65535\n', [255, 255, 128, 128])).toEqual([
      255, 255, 255, 128, 128, 128,
    ]);
    expect(await decode('P3 1 1 15\n15 0 # red\n5')).toEqual([255, 0, 85]);
    expect(await decode('P2\n2 1\n100\n100 50\n')).toEqual([255, 255, 255, 128, 128, 128]);
  });

  it('names a JPEG that is cut off', async () => {
    const big = picture(1, 64, 64);
    const whole = await jpeg(big, 64, 64);
    for (const part of [0.2, 0.5, 0.8, 0.95]) {
      const cut = whole.subarray(0, Math.floor(whole.length * part));
      await expect(decodeImage(cut, 'cat/17.jpg')).rejects.toThrow(/^cannot decode cat\/17\.jpg: /);
    }
  });

  it('throws a StudyError and nothing else on damaged images', async () => {
    const plain = Buffer.from('P3 3 2 255\n1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n');
    const images = [await png(pixels), bitmap(24), bitmap(8), plain];
    const place = fc.record({ at: fc.nat(200), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...images),
        fc.array(place, { maxLength: 4 }),
        fc.nat(1200),
        async (whole, damages, length) => {
          const bytes = Buffer.from(whole).subarray(0, length);
          for (const { at, value } of damages) if (at < bytes.length) bytes[at] = value;
          const outcome = await decodeImage(bytes, 'a').catch((error) => error);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StudyError);
          else expect(outcome.data.length).toBe(outcome.width * outcome.height * 3);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
