import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { openNpyRows } from '../../../src/arrays/npy-file.ts';
import { type NpyHeader, parseNpyHeader } from '../../../src/arrays/npy-header.ts';
import { npzArray, readNpyArray } from '../../../src/arrays/npz.ts';
import { npzContentOf } from '../../../src/arrays/npz-content.ts';
import { readStatisticsNpz } from '../../../src/arrays/statistics-npz.ts';
import { isStoredArray } from '../../../src/arrays/stored-array.ts';
import { openZip, zipOf } from '../../../src/arrays/zip.ts';
import { untar } from '../../../src/downloads/tarball.ts';
import { tarEnd, tarEntry } from '../../downloads/tar.ts';
import type { NumberField } from '../mutate.ts';
import { asFile } from '../scratch.ts';
import { parser } from './parser.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../arrays/fixtures/${name}`, import.meta.url));
const npys = ['float32-little', 'float64-big', 'float16-little', 'uint8-little', 'version-2']
  .concat('version-3', 'fortran', 'int64-little')
  .map((name) => fixture(`${name}.npy`));

/** NumPy's header as `JSON.parse` reads it, once its quotes and brackets are JSON's. */
function headerByJson(bytes: Buffer): unknown {
  const start = bytes[6] === 1 ? 10 : 12;
  const length = start === 10 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const text = bytes.toString('latin1', start, start + length);
  return JSON.parse(
    text
      .slice(0, text.indexOf('}') + 1)
      // Latin-1 has other blanks, too.
      .replace(/\s/g, ' ')
      // JSON has neither in a text; a key may come twice, and its first value be anything.
      .replace(/[^ -~]|\\/g, '?')
      .replaceAll("'", '"')
      .replaceAll('True', 'true')
      .replaceAll('False', 'false')
      .replaceAll('(', '[')
      .replaceAll(')', ']')
      .replace(/(\d)L\b/g, '$1')
      // Zeros before a number, which JSON has not.
      .replace(/([[\s,])0+(?=\d)/g, '$1')
      .replace(/,\s*([\]}])/g, '$1'),
  );
}

function wrongHeader(header: NpyHeader, bytes: Buffer): string | undefined {
  const { descr, fortran_order, shape } = headerByJson(bytes) as Record<string, unknown>;
  const { dtype, fortranOrder } = header;
  const kind = { bool: 'b', float: 'f', int: 'i', uint: 'u' }[dtype.name.replace(/\d+$/, '')];
  const end = String(descr).slice(1) === `${kind}${dtype.bytes}`;
  const isSame = isDeepStrictEqual([fortran_order, shape], [fortranOrder, [...header.shape]]);
  const isBig = String(descr).startsWith('>') === dtype.bigEndian;
  return end && isSame && isBig ? undefined : `header ${JSON.stringify(header)}`;
}

export const npyHeader = parser<NpyHeader>({
  name: 'npy header',
  thousands: [20, 2400],
  files: npys,
  numbers: () => [{ at: 8, bytes: 2 }],
  words: ["'shape': (", '(1, 2, 3)', '(', ')', ',', "'descr': '<f4'", "'", 'True', '{', '}', 'L'],
  read: (bytes) => parseNpyHeader(bytes, 'x.npy'),
  wrong: wrongHeader,
});

interface Rows {
  readonly header: NpyHeader;
  readonly values: Float64Array;
}

export const npyRows = parser<Rows>({
  name: 'npy rows',
  thousands: [4, 100],
  files: npys.filter((file) => !file.includes('True')),
  words: ['(6, 1)', '(1, 6)', '(3, 2)', '>f4', '<f8', '<i2', '|u1'],
  read(bytes) {
    const file = openNpyRows(asFile('rows.npy', bytes));
    try {
      const values = new Float64Array(file.rows * file.dimension);
      file.readBlock(0, file.rows, values);
      return { header: file.header, values };
    } finally {
      file.close();
    }
  },
  wrong({ header, values }, bytes) {
    const { dtype, dataOffset } = header;
    if (dataOffset + values.length * dtype.bytes !== bytes.length) return 'another length';
    const last = bytes.length - dtype.bytes;
    if (dtype.name === 'float32') {
      const value = dtype.bigEndian ? bytes.readFloatBE(last) : bytes.readFloatLE(last);
      if (!Object.is(value, values.at(-1))) return `${values.at(-1)} for ${value}`;
    }
    return wrongHeader(header, bytes);
  },
});

/** Fields of a zip's directory, its end and its local headers. */
export function zipNumbers(file: Buffer): NumberField[] {
  const fields: NumberField[] = [];
  for (let at = 0; at + 30 < file.length; at++) {
    if (file.readUInt16LE(at) !== 0x4b50) continue;
    const kind = file.readUInt16LE(at + 2);
    const [offset, widths] = layouts[kind] ?? [0, []];
    let field = at + offset;
    for (const bytes of widths) {
      fields.push({ at: field, bytes });
      field += bytes;
    }
  }
  const end = file.lastIndexOf('PK\x05\x06');
  return [
    ...fields,
    { at: end + 10, bytes: 2 },
    { at: end + 12, bytes: 4 },
    { at: end + 16, bytes: 4 },
  ];
}

/** By signature: where the flags begin, and the widths of the fields from there on. */
const layouts: Readonly<Record<number, [number, (2 | 4)[]]>> = {
  1027: [6, [2, 2, 2, 2, 4, 4, 4, 2, 2]],
  513: [8, [2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4]],
};

const same = (value: unknown, _: Buffer, original: unknown) =>
  isDeepStrictEqual(value, original) ? undefined : 'other values than the whole file has';

export const npz = parser({
  name: 'npz of statistics',
  thousands: [2, 40],
  files: [fixture('statistics-stored.npz'), fixture('statistics-deflated.npz')],
  numbers: zipNumbers,
  read: (bytes) => readStatisticsNpz(asFile('statistics.npz', bytes)),
  wrong: same,
});

/** Arrays and plain values of an .npz: numbers, texts, and features of any type. */
export const npzSets = parser<unknown>({
  name: 'npz of any arrays',
  thousands: [1, 1000],
  files: ['one', 'two']
    .flatMap((version) =>
      ['dgm-eval', 'named', 'several', 'positional'].map((name) => `${version}/${name}`),
    )
    .map((name) => readFileSync(new URL(`../../torch/fixtures/${name}.npz`, import.meta.url))),
  numbers: zipNumbers,
  async read(bytes) {
    const zip = await zipOf(bytes, 'x.npz');
    const content = await npzContentOf(zip, (name) => npzArray(zip, name));
    const found = [...content].map(async ([name, each]): Promise<[string, unknown]> => {
      if (!isStoredArray(each)) return [name, each];
      // Python's objects are left alone.
      return [name, each.dtype === '|O' ? each.shape : [each.shape, await each.read()]];
    });
    return new Map(await Promise.all(found));
  },
  wrong: (value, _, original) => {
    // A directory may leave members out, or call them otherwise; the rest is under its checksum.
    const known = original as ReadonlyMap<string, unknown>;
    for (const [name, each] of value as ReadonlyMap<string, unknown>) {
      if (known.has(name) && !isDeepStrictEqual(each, known.get(name))) return `another ${name}`;
    }
    return undefined;
  },
});

export const zip = parser<Map<string, Buffer>>({
  name: 'zip',
  thousands: [1, 50],
  files: [fixture('statistics-stored.npz'), fixture('statistics-deflated.npz')],
  numbers: zipNumbers,
  async read(bytes) {
    const archive = await openZip(asFile('any.zip', bytes));
    try {
      const files = new Map<string, Buffer>();
      for (const member of archive.members) {
        files.set(member.name, Buffer.from(await archive.read(member)));
      }
      return files;
    } finally {
      await archive.close();
    }
  },
  // Names have no checksum; what stands under a name of the whole file must be its content.
  wrong(files, _, original) {
    const other = [...files].find(
      ([name, content]) => original.get(name)?.equals(content) === false,
    );
    return other && `other content of ${other[0]}`;
  },
});

export const wholeNpy = parser({
  name: 'npy array',
  thousands: [2, 100],
  files: npys,
  words: ['(6,)', '()', '(2, 3, 1)', '(0, 9)', '>f4', '<f8'],
  read: (bytes) => readNpyArray(asFile('array.npy', bytes)),
  wrong({ values, shape }) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return values.length === count ? undefined : `${values.length} values of shape ${shape}`;
  },
});

export const tar = parser<Map<string, Uint8Array>>({
  name: 'tar',
  thousands: [10, 1000],
  files: [
    Buffer.concat([
      tarEntry('package/a.json', Buffer.from('{"a":1}')),
      tarEntry('b.bin', Buffer.alloc(700, 'b'), { prefix: 'package' }),
      tarEnd,
    ]),
  ],
  words: ['00000000017\0', '77777777777\0', '0', '5', '\0'],
  read: (bytes) => untar(bytes),
  // Headers have a checksum, contents have none: those of npm are hashed as a whole.
  wrong(files, bytes, original) {
    for (const [name, content] of files) {
      if (content.byteOffset + content.length > bytes.byteOffset + bytes.length)
        return 'past the end';
      const known = original.get(name);
      if (known && known.length !== content.length && !isSummed(bytes, content)) {
        return `${name} has ${content.length} bytes`;
      }
    }
    return undefined;
  },
});

/** Whether the header before a content has the sum that it states: then it says what it says. */
function isSummed(bytes: Buffer, content: Uint8Array): boolean {
  const header = Buffer.from(
    bytes.subarray(content.byteOffset - bytes.byteOffset - 512).subarray(0, 512),
  );
  const stated = Number.parseInt(header.toString('latin1', 148, 156), 8);
  header.fill(0x20, 148, 156);
  return header.reduce((sum, byte) => sum + byte, 0) === stated;
}
