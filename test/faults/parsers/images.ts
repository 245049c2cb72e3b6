import { openCifar } from '../../../src/images/cifar.ts';
import { decodeImage } from '../../../src/images/decode.ts';
import type { DecodedImage } from '../../../src/images/source.ts';
import { picture, png } from '../../images/sources.ts';
import { asFile } from '../scratch.ts';
import { parser } from './parser.ts';

const [width, height] = [5, 4];
const pixels = Buffer.from(picture(1, width, height));
const ppm = Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
const grey = pixels.subarray(0, width * height);
const pgm = Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), grey]);
const deep = Buffer.concat([Buffer.from('P6\n# a note\n5 2\n65535\n'), pixels]);
const plain = Buffer.from(`P3\n${width} ${height}\n255\n${[...pixels].join(' ')}\n`);

/** Of a binary PNM of 8 bits without comments, by a pattern: width, height and its bytes. */
function pixelsByPattern(bytes: Buffer): DecodedImage | undefined {
  const text = bytes.toString('latin1');
  const found = /^P([56])[ \t-\r]+(\d{1,9})[ \t-\r]+(\d{1,9})[ \t-\r]+(\d{1,9})[ \t-\r]/.exec(text);
  const [all, kind, columns, rows, largest] = found ?? [];
  if (all === undefined || Number(largest) !== 255) return undefined;
  const size = { width: Number(columns), height: Number(rows) };
  const data = bytes.subarray(all.length);
  const count = size.width * size.height;
  const rgb =
    kind === '6' ? data.subarray(0, 3 * count) : [...data.subarray(0, count)].flatMap(three);
  return { ...size, data: Uint8Array.from(rgb) };
}

const three = (value: number) => [value, value, value];

function wrongSize({ width, height, data }: DecodedImage): string | undefined {
  return data.length === 3 * width * height ? undefined : `${data.length} bytes`;
}

const isSame = (a: DecodedImage, b: DecodedImage) =>
  a.width === b.width && a.height === b.height && Buffer.compare(a.data, b.data) === 0;

export const netpbm = parser<DecodedImage>({
  name: 'PGM and PPM',
  thousands: [10, 700],
  files: [ppm, pgm, deep, plain],
  words: ['P5', 'P6', 'P2', 'P3', '#', '\n', ' ', '255', '65535', '1 1'],
  read: (bytes) => decodeImage(bytes, 'x.ppm'),
  wrong(image, bytes) {
    const other = pixelsByPattern(bytes);
    return other && !isSame(image, other) ? 'other pixels' : wrongSize(image);
  },
});

/** A bitmap of 24 bits, its rows upwards. */
function bitmap(): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54 + rowBytes * height, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, Buffer.alloc(rowBytes * height, 'some pixels')]);
}

export const bmp = parser<DecodedImage>({
  name: 'BMP',
  thousands: [10, 700],
  files: [bitmap()],
  numbers: () => [
    ...[2, 10, 14, 18, 22, 30, 46].map((at) => ({ at, bytes: 4 as const })),
    ...[26, 28].map((at) => ({ at, bytes: 2 as const })),
  ],
  read: (bytes) => decodeImage(bytes, 'x.bmp'),
  wrong(image, bytes) {
    if (bytes.readUInt16LE(28) === 24) {
      // The upper left pixel: of the first row in the file, or of the last one.
      const rowBytes = Math.ceil((image.width * 3) / 4) * 4;
      const row = bytes.readInt32LE(22) < 0 ? 0 : image.height - 1;
      const at = bytes.readUInt32LE(10) + row * rowBytes;
      const first = [bytes[at + 2], bytes[at + 1], bytes[at]];
      if (first.some((value, i) => value !== image.data[i])) return 'another first pixel';
    }
    return wrongSize(image);
  },
});

const pngs = [await png(pixels, width, height), await png(picture(2, 16, 9), 16, 9)];

export const pngFile = parser<DecodedImage>({
  name: 'PNG',
  thousands: [1, 40],
  files: pngs,
  numbers: () => [8, 16, 20, 33].map((at) => ({ at, bytes: 4 as const, bigEndian: true })),
  words: ['IDAT', 'IEND', 'tRNS', 'gAMA', 'iCCP'],
  read: (bytes) => decodeImage(bytes, 'x.png'),
  // Its chunks have checksums.
  wrong: (image, _, original) => (isSame(image, original) ? undefined : 'other pixels'),
});

export const cifar = parser<Buffer[]>({
  name: 'CIFAR-10 batch',
  thousands: [1, 40],
  files: [Buffer.alloc(2 * 3073, 'a label and three planes')],
  async read(bytes) {
    const source = await openCifar(asFile('batch.bin', bytes));
    try {
      const images = source.names.map((_, i) => source.read(i));
      return (await Promise.all(images)).map((image) => Buffer.from(image));
    } finally {
      await source.close();
    }
  },
  wrong(images, bytes) {
    const whole = Buffer.concat(
      images.flatMap((image, i) => [bytes.subarray(3073 * i, 3073 * i + 1), image]),
    );
    return whole.equals(bytes) ? undefined : 'other pixels';
  },
});
