import { readFileSync } from 'node:fs';
import { StudyError } from '../../../src/errors.ts';
import { npyImages as openNpy } from '../../../src/images/npy.ts';
import { parquetImages } from '../../../src/images/parquet/images.ts';
import type { ImageSource } from '../../../src/images/source.ts';
import { tarImages } from '../../../src/images/tar.ts';
import { tarEnd, tarEntry } from '../../downloads/tar.ts';
import { setFile } from '../../images/sets.ts';
import { inMemory } from '../memory-files.ts';
import type { NumberField } from '../mutate.ts';
import { parser } from './parser.ts';

/** What a set of images gives: each image's bytes, or null where it is refused. */
interface Read {
  readonly images: readonly (Buffer | null)[];
  /** What each would take, as it was said before it was read. */
  readonly sizes: readonly number[];
  readonly classes: number;
}

async function readAll(source: ImageSource): Promise<Read> {
  try {
    const images: (Buffer | null)[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < source.names.length; i++) {
      sizes.push(await orNull(() => source.size(i)).then((size) => size ?? 0));
      images.push(await orNull(async () => Buffer.from(await source.read(i))));
    }
    const labels = await orNull(async () => source.labels?.());
    return { images, sizes, classes: labels?.codes.length ?? -1 };
  } finally {
    await source.close();
  }
}

async function orNull<Value>(call: () => Promise<Value>): Promise<Value | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StudyError) return null;
    throw error;
  }
}

function wrongSizes({ images, sizes, classes }: Read): string | undefined {
  const at = images.findIndex((image, i) => image !== null && image.length > sizes[i]!);
  if (at >= 0) return `image ${at} of ${images[at]!.length} bytes, not ${sizes[at]}`;
  return classes === -1 || classes === images.length ? undefined : `${classes} classes`;
}

/** Images that are not in the file as they are. */
function notInFile({ images }: Read, bytes: Buffer): string | undefined {
  const at = images.findIndex((image) => image !== null && !bytes.includes(image));
  return at >= 0 ? `image ${at} is not in the file` : undefined;
}

const image = Buffer.from('\x89PNG some pixels', 'latin1');
const inner = Buffer.concat([tarEntry('c/1.png', image), tarEnd]);

export const tarOfImages = parser<Read>({
  name: 'tar of images',
  thousands: [5, 1000],
  files: [
    Buffer.concat([
      tarEntry('a/0.png', image),
      tarEntry('a/0.cls', Buffer.from('7')),
      tarEntry('b.tar', inner),
      tarEntry('again.png', Buffer.alloc(0), { kind: '1' }),
      tarEnd,
    ]),
    readFileSync(setFile('v7.tar')),
    readFileSync(setFile('pax.tar')),
    readFileSync(setFile('gnu.tar')),
  ],
  numbers: (file) => headerFields(file),
  words: ['00000000017\0', '77777777777\0', '0', '1', 'x', 'L', '.png', '.cls', '.tar', '30 path='],
  read: async (bytes) => readAll(await tarImages('set', inMemory('images.tar', bytes))),
  wrong: (read, bytes) => wrongSizes(read) ?? notInFile(read, bytes),
});

/** Type, size and checksum of each header. */
function headerFields(file: Buffer): NumberField[] {
  const fields: NumberField[] = [];
  for (let at = 0; at + 512 <= file.length; at += 512) {
    if (file.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    fields.push({ at: at + 156, bytes: 1 }, { at: at + 124, bytes: 8 }, { at: at + 148, bytes: 8 });
  }
  return fields.length > 0 ? fields : [{ at: 124, bytes: 8 }];
}

const plain = readFileSync(setFile('plain.parquet'));

export const parquet = parser<Read>({
  name: 'Parquet of images',
  thousands: [5, 1000],
  files: [
    plain,
    readFileSync(setFile('snappy.parquet')),
    readFileSync(setFile('zstd.parquet')),
    readFileSync(setFile('gzip-v2.parquet')),
    readFileSync(setFile('brotli.parquet')),
    readFileSync(setFile('lz4.parquet')),
  ],
  numbers: (file) => [{ at: file.length - 8, bytes: 4 }],
  words: [
    '\xff\xff\xff\xff\x0f',
    '\x80\x80\x80\x80\x01',
    '\x1c',
    '\x15\xfe\xff\x03',
    '\x00',
    '\xf9',
  ],
  read: async (bytes) => readAll(await parquetImages('set', inMemory('set.parquet', bytes))),
  wrong(read, bytes, original) {
    const isPlain = original.images.length === 4;
    return wrongSizes(read) ?? (isPlain ? notInFile(read, bytes) : undefined);
  },
});

const npys = ['images', 'unit', 'torch', 'grey', 'fortran'].map((name) =>
  readFileSync(setFile(`${name}.npy`)),
);

export const npyImages = parser<Read>({
  name: 'npy of images',
  thousands: [5, 1000],
  files: [npys[0]!],
  words: ['(4, 6, 8, 3)', '(4, 3, 6, 8)', '(1, 2)', '(96, 2, 1, 3)', '|u1', '<f4', '>f8', 'True'],
  read: async (bytes) => readAll(await openNpy('images.npy', inMemory('images.npy', bytes))),
  // Behind the header all bytes are pixels, in their order.
  wrong({ images }, bytes) {
    const all = Buffer.concat(images.map((each) => each ?? Buffer.alloc(0)));
    return bytes.subarray(bytes.length - all.length).equals(all) ? undefined : 'other pixels';
  },
});

export const refusedNpy = parser<string>({
  name: 'npy that may be images',
  thousands: [2, 1000],
  files: [npys[0]!, ...npys.slice(1)].map((file) => Buffer.from(file)),
  words: ['(4, 6, 8, 3)', '(4, 3, 6, 8)', '(2, 2)', '|b1', '<f4', '>f8', '<f2', 'True', 'nan'],
  async read(bytes) {
    try {
      const source = await openNpy('any.npy', inMemory('any.npy', bytes));
      await source.close();
      return 'images';
    } catch (error) {
      // What it looks like is a reading of it.
      if (error instanceof StudyError && error.hint.includes('np.load')) return error.hint;
      throw error;
    }
  },
  wrong: (hint) => (hint === 'images' || hint.endsWith(')"') ? undefined : `a hint ${hint}`),
});
