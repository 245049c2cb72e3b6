import { parquetHeader } from 'hyparquet/src/column.js';
import type { ByteFiles } from '../../arrays/open-files.ts';
import { mostBytes } from '../../arrays/regular-file.ts';
import type { Chunk } from './chunk.ts';
import { damagedParquet, understood } from './footer.ts';
import { CutOff, thriftLength } from './thrift.ts';

/** A page: where its bytes lie, and what its header says of them. */
export interface Page {
  readonly kind: 'data' | 'data 2' | 'dictionary';
  readonly start: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Values, with nulls; of the dictionary, its entries. */
  readonly count: number;
  readonly encoding: string;
  /** Of version 2: bytes of definition levels before the values, and whether the values are packed. */
  readonly levelBytes: number;
  readonly isPacked: boolean;
  /** Of version 1: whether its definition levels, if it has any, are runs, as all writers have them. */
  readonly hasRuns: boolean;
}

/** The pages of a chunk. */
export interface Pages {
  readonly dictionary?: Page;
  readonly data: readonly Page[];
  /** The first row of each. */
  readonly firstRows: readonly number[];
}

const usualHeader = 1 << 10;
/** Headers may hold the least and the largest value of their page. */
const longestHeader = 1 << 22;

/**
 * Goes from header to header; what pages hold is not read.
 * @throws StudyError if they are damaged, or are not those of all rows
 */
export async function pagesOf(files: ByteFiles, chunk: Chunk): Promise<Pages> {
  const { path, column, rows, end } = chunk;
  const data: Page[] = [];
  const firstRows: number[] = [];
  let dictionary: Page | undefined;
  let row = 0;
  for (let at = chunk.start; at < end && row < rows; ) {
    const page = await pageAt(files, chunk, at);
    at = page.start + page.packed;
    if (at > end) throw damagedParquet(path, `a page of ${column.name} runs past its column`);
    if (page.kind === 'dictionary') {
      dictionary ??= page;
      continue;
    }
    data.push(page);
    firstRows.push(row);
    row += page.count;
  }
  if (row !== rows) {
    throw damagedParquet(path, `${row} values of ${column.name} in ${rows} rows`);
  }
  return { ...(dictionary && { dictionary }), data, firstRows };
}

async function pageAt(files: ByteFiles, { file, path, end }: Chunk, at: number): Promise<Page> {
  for (let wanted = usualHeader; ; wanted *= 8) {
    const bytes = await files.readNow(file, at, Math.min(wanted, end - at));
    const isAll = bytes.length < wanted || wanted >= longestHeader;
    const page = understood(path, () => {
      try {
        return pageIn(bytes, at, path);
      } catch (error) {
        if (error instanceof CutOff && !isAll) return undefined;
        throw error;
      }
    });
    if (page) return page;
  }
}

function pageIn(bytes: Buffer, at: number, path: string): Page {
  const length = thriftLength(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parquetHeader({ view, offset: 0 });
  const { uncompressed_page_size: unpacked, compressed_page_size: packed } = header;
  const common = {
    start: at + length,
    packed,
    unpacked,
    levelBytes: 0,
    isPacked: true,
    hasRuns: true,
  };
  const page = kindOf(header);
  const counts = [packed, unpacked, page.count, page.levelBytes ?? 0];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw damagedParquet(path, 'a page with a negative size');
  }
  if (packed > mostBytes || unpacked > mostBytes) {
    throw damagedParquet(path, `a page claims ${Math.max(packed, unpacked)} bytes`);
  }
  return { ...common, ...page };
}

function kindOf(
  header: ReturnType<typeof parquetHeader>,
): Pick<Page, 'kind' | 'count' | 'encoding'> & Partial<Page> {
  const { dictionary_page_header, data_page_header, data_page_header_v2 } = header;
  if (header.type === 'DICTIONARY_PAGE' && dictionary_page_header) {
    const { num_values: count, encoding } = dictionary_page_header;
    return { kind: 'dictionary', count, encoding };
  }
  if (header.type === 'DATA_PAGE' && data_page_header) {
    const { num_values: count, encoding, definition_level_encoding } = data_page_header;
    const hasRuns = definition_level_encoding === 'RLE';
    return { kind: 'data', count, encoding, hasRuns };
  }
  if (header.type === 'DATA_PAGE_V2' && data_page_header_v2) {
    const { num_values, encoding, is_compressed = true, ...lengths } = data_page_header_v2;
    if (lengths.repetition_levels_byte_length !== 0) throw new Error('a page of repeated values');
    const levelBytes = lengths.definition_levels_byte_length;
    return { kind: 'data 2', count: num_values, encoding, levelBytes, isPacked: is_compressed };
  }
  throw new Error(`a page of the type ${header.type}`);
}
