import { type ByteFiles, readFully } from '../../arrays/open-files.ts';
import type { Chunk } from './chunk.ts';
import { understood } from './footer.ts';
import type { Page, Pages } from './pages.ts';
import { readRuns } from './runs.ts';
import { unpack } from './unpack.ts';

/** A value of a column; null if the row has none. */
export type Value = Uint8Array | number | null;

/** The entries of a chunk's dictionary, by which its pages may name values. */
export async function dictionaryOf(
  files: ByteFiles,
  chunk: Chunk,
  { dictionary }: Pages,
): Promise<readonly Value[]> {
  if (!dictionary) return [];
  const packed = await readFully(files, chunk.file, dictionary.start, dictionary.packed);
  return understood(chunk.path, () => {
    const bytes = unpack(chunk.codec, packed, dictionary.unpacked);
    return plainValues(bytes, chunk.column.type, dictionary.count);
  });
}

/**
 * The values of a page, one for each of its rows.
 * @throws StudyError if it is damaged, or encoded in a way that is not known
 */
export async function valuesOf(
  files: ByteFiles,
  chunk: Chunk,
  page: Page,
  dictionary: readonly Value[],
): Promise<readonly Value[]> {
  const packed = await readFully(files, chunk.file, page.start, page.packed);
  return understood(chunk.path, () => {
    const { column, codec } = chunk;
    const { levels, bytes } =
      page.kind === 'data 2'
        ? ofVersion2(packed, page, codec, column.levels)
        : ofVersion1(packed, page, codec, column.levels);
    const isThere = (row: number) => levels === undefined || levels[row] === column.levels;
    let count = page.count;
    if (levels) count = levels.reduce((sum, level) => sum + (level === column.levels ? 1 : 0), 0);
    const values = encodedValues(bytes, column.type, page.encoding, count, dictionary);
    let next = 0;
    return Array.from({ length: page.count }, (_, row) => (isThere(row) ? values[next++]! : null));
  });
}

interface Parts {
  /** Undefined if no value can be null. */
  readonly levels: Uint32Array | undefined;
  readonly bytes: Uint8Array;
}

function ofVersion1(packed: Buffer, page: Page, codec: string, most: number): Parts {
  const bytes = unpack(codec, packed, page.unpacked);
  if (most === 0) return { levels: undefined, bytes };
  if (!page.hasRuns) throw new Error('its definition levels are bit-packed');
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + view.readUInt32LE(0);
  if (end > bytes.length) throw new Error('a page ends early');
  const levels = readRuns(bytes.subarray(4, end), bitsOf(most), page.count);
  return { levels, bytes: bytes.subarray(end) };
}

function ofVersion2(packed: Buffer, page: Page, codec: string, most: number): Parts {
  const { levelBytes, unpacked, isPacked, count } = page;
  if (levelBytes > packed.length || levelBytes > unpacked) throw new Error('a page ends early');
  const levels =
    most > 0 ? readRuns(packed.subarray(0, levelBytes), bitsOf(most), count) : undefined;
  const rest = packed.subarray(levelBytes);
  const bytes = unpack(isPacked ? codec : 'UNCOMPRESSED', rest, unpacked - levelBytes);
  return { levels, bytes };
}

const bitsOf = (most: number) => 32 - Math.clz32(most);

function encodedValues(
  bytes: Uint8Array,
  type: string,
  encoding: string,
  count: number,
  dictionary: readonly Value[],
): readonly Value[] {
  if (encoding === 'PLAIN') return plainValues(bytes, type, count);
  if (encoding !== 'RLE_DICTIONARY' && encoding !== 'PLAIN_DICTIONARY') {
    throw new Error(`values encoded as ${encoding}; pyarrow writes PLAIN and RLE_DICTIONARY`);
  }
  if (count === 0) return [];
  if (bytes.length === 0) throw new Error('a page ends early');
  const places = readRuns(bytes.subarray(1), bytes[0]!, count);
  return Array.from(places, (place) => {
    const value = dictionary[place];
    if (value === undefined)
      throw new Error(`entry ${place} of a dictionary of ${dictionary.length}`);
    return value;
  });
}

function plainValues(bytes: Uint8Array, type: string, count: number): readonly Value[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The least that a value takes; a page of nothing may claim millions.
  if (count * (type === 'INT64' ? 8 : 4) > bytes.length) throw new Error('a page ends early');
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    if (type === 'INT32') return view.readInt32LE(4 * i);
    if (type === 'INT64') return Number(view.readBigInt64LE(8 * i));
    if (type !== 'BYTE_ARRAY') throw new Error(`values of the type ${type}`);
    const length = view.readUInt32LE(at);
    const start = at + 4;
    at = start + length;
    if (at > bytes.length) throw new Error('a page ends early');
    return bytes.subarray(start, at);
  });
}
