import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from '../../src/images/decode.ts';
import { readImageHeader } from '../../src/images/header.ts';
import { openImages } from '../../src/images/open.ts';
import { mostPixels } from '../../src/images/pixels.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from './sources.ts';

const folder = temporaryFolder();
const [width, height] = [9, 7];
const raw = () => sharp(picture(1, width, height), { raw: { width, height, channels: 3 } });

/** A PNG by its header alone: that many grey pixels of 1 bit. */
function claimedPng(w: number, h: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const bytes = Buffer.alloc(body.length + 8);
    bytes.writeUInt32BE(data.length);
    body.copy(bytes, 4);
    bytes.writeUInt32BE(crc32(body), body.length + 4);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(w);
  header.writeUInt32BE(h, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(Math.ceil(w / 8 + 1) * 10));
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const svg = (side: number) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"/>`);

describe('readImageHeader', () => {
  it('tells size and format of what the encoders write, before anything is decoded', async () => {
    const files = {
      png: [await raw().png().toBuffer()],
      jpeg: [await raw().jpeg().toBuffer(), await raw().jpeg({ progressive: true }).toBuffer()],
      webp: [
        await raw().webp().toBuffer(),
        await raw().webp({ lossless: true }).toBuffer(),
        await raw().ensureAlpha(0.5).webp().withMetadata().toBuffer(),
      ],
      tiff: [
        await raw().tiff().toBuffer(),
        await raw().tiff({ compression: 'lzw', tile: true }).toBuffer(),
        await raw().tiff({ bigtiff: true }).toBuffer(),
      ],
      netpbm: [Buffer.from(`P6 # c\n${width} ${height} 255\n`)],
    };
    for (const [format, all] of Object.entries(files)) {
      for (const bytes of all)
        expect(readImageHeader(bytes)).toMatchObject({ format, width, height });
    }
  });

  it.each([
    ['SVG', svg(12_000), 'SVG'],
    ['SVG after a blank and a BOM', Buffer.concat([Buffer.from('\ufeff \n'), svg(9)]), 'SVG'],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00', 'latin1'), 'a GIF'],
    ['a PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3'), 'a PDF'],
    ['AVIF', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0'), 'AVIF'],
    ['JPEG XL', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1'), 'JPEG XL'],
    ['text', Buffer.from('no image'), 'of an unknown format'],
    ['nothing', Buffer.alloc(0), 'empty'],
  ])('refuses %s by its name, whatever the file is called', async (_, bytes, name) => {
    await expect(decodeImage(bytes, 'a.png')).rejects.toThrow(`cannot decode a.png: it is ${name}`);
    expect(() => pixelsOf(bytes, 'a.png')).toThrow(`cannot decode a.png: it is ${name}`);
  });

  it('throws an error or tells whole numbers, whatever the bytes', async () => {
    const files = await Promise.all([
      ...[raw().png(), raw().jpeg(), raw().webp(), raw().tiff()].map((each) => each.toBuffer()),
      ...[raw().tiff({ bigtiff: true }).toBuffer(), Buffer.from('P5 3 3 255\n123456789')],
    ]);
    const damage = fc.record({ at: fc.nat(400), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(damage, { maxLength: 6 }),
        fc.nat(2000),
        (whole, damages, length) => {
          const bytes = Buffer.from(whole).subarray(0, length);
          for (const { at, value } of damages) if (at < bytes.length) bytes[at] = value;
          try {
            const pixels = pixelsOf(bytes, 'a');
            expect(Number.isInteger(pixels) && pixels >= 1 && pixels <= mostPixels).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(StudyError);
          }
          expect(['string', 'undefined']).toContain(typeof treatmentOf(bytes));
        },
      ),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe('an image of too many pixels', () => {
  it.each([
    ['a PNG', claimedPng(16_383, 16_383)],
    ['a PNG of one row', claimedPng(2 ** 31 - 1, 1)],
    ['a PPM', Buffer.from('P6 99999 99999 255\n')],
    ['a bitmap', Object.assign(Buffer.alloc(60), { 0: 0x42, 1: 0x4d, 20: 1, 24: 1 })],
  ])('is refused by its name and size, before it is decoded: %s', async (_, bytes) => {
    const refusal =
      /cannot decode a\.png: it has \d+ × \d+ pixels; an image may have 1 to 89478485/;
    await expect(decodeImage(bytes, 'a.png')).rejects.toThrow(refusal);
    expect(() => pixelsOf(bytes, 'a.png')).toThrow(refusal);
  });

  it('is left to libvips, which refuses it too, where its header hides them', async () => {
    const bytes = await raw().jpeg().toBuffer();
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(9500, frame + 5);
    bytes.writeUInt16BE(9500, frame + 7);
    await expect(decodeImage(bytes, 'a.jpg')).rejects.toThrow('it has 9500 × 9500 pixels');
    // A marker without a length, after which ours has lost its place.
    const marker = Buffer.from([0xff, 0x01]);
    const hidden = Buffer.concat([bytes.subarray(0, frame), marker, bytes.subarray(frame)]);
    expect(pixelsOf(hidden, 'a.jpg')).toBe(mostPixels);
    await expect(decodeImage(hidden, 'a.jpg')).rejects.toThrow(/exceeds pixel limit/);
  });
});

describe('the orientation of a TIFF', () => {
  it('is applied, as Pillow does when it reads one, and is part of the content', async () => {
    const upright = await raw().tiff({ compression: 'lzw' }).toBuffer();
    const turned = await raw()
      .withMetadata({ orientation: 6 })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    expect(readImageHeader(turned).orientation).toBe(6);
    const image = await decodeImage(turned, 'a.tif');
    expect(image).toMatchObject({ width: height, height: width });
    // 6: the first row of the file is the right column of the image.
    const pixels = picture(1, width, height);
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < height; x++) {
        const from = ((height - 1 - x) * width + y) * 3;
        const to = (y * height + x) * 3;
        expect([...image.data.subarray(to, to + 3)]).toEqual([...pixels.subarray(from, from + 3)]);
      }
    }
    expect([treatmentOf(upright), treatmentOf(turned)]).toEqual([
      undefined,
      'TIFF orientation applied',
    ]);
    expect((await decodeImage(upright, 'a.tif')).data).toEqual(Buffer.from(pixels));
  });
});

describe('what is passed over', () => {
  it('is told by kind, those of most files first', async () => {
    const at = (name: string) => join(folder, 'mixed', name);
    mkdirSync(at('sub/.hidden'), { recursive: true });
    writeFileSync(at('0.png'), await png(picture(0)));
    const others = [
      'a.avif',
      'sub/b.AVIF',
      'Thumbs.db',
      'notes.txt',
      'README',
      'sub/.hidden/x.png',
    ];
    for (const name of [...others, 'c.of many words']) writeFileSync(at(name), 'x');
    const source = await openImages(join(folder, 'mixed'));
    expect(source.names).toEqual(['0.png']);
    expect(source.passedOver).toEqual([
      { kind: '.avif', count: 2 },
      { kind: 'no extension', count: 2 },
      { kind: '.db', count: 1 },
      { kind: '.txt', count: 1 },
      { kind: 'hidden', count: 1 },
    ]);
    const limited = await openImages(join(folder, 'mixed'), { limit: 1 });
    expect(limited.passedOver).toEqual(source.passedOver);
  });

  it('is absent where all is taken, and in the error where nothing is', async () => {
    const at = (name: string) => join(folder, name);
    mkdirSync(at('clean'));
    writeFileSync(at('clean/0.png'), await png(picture(0)));
    expect(await openImages(at('clean'))).not.toHaveProperty('passedOver');
    mkdirSync(at('none'));
    for (let i = 0; i < 20; i++) writeFileSync(at(`none/${i}.x${i}`), '');
    writeFileSync(at('none/a.x0'), '');
    await expect(openImages(at('none'))).rejects.toThrow(
      /no images in .*none, but 2 \.x0, 1 \.x1, .*, 12 others$/,
    );
  });
});
