import type { FileMetaData, RowGroup } from 'hyparquet';
import { StudyError } from '../../errors.ts';
import type { Column } from './columns.ts';
import { damagedParquet } from './footer.ts';

/** A column of one row group. */
export interface Chunk {
  readonly column: Column;
  /** Of the file among the files. */
  readonly file: number;
  readonly path: string;
  readonly codec: string;
  readonly rows: number;
  readonly start: number;
  readonly end: number;
  /** How many values are null, where the file tells. */
  readonly nulls?: number;
}

/**
 * Where a column lies, by row group.
 * @param size of the file
 * @throws StudyError if it lies outside of the file, or is encrypted
 */
export function chunksOf(
  { row_groups }: FileMetaData,
  column: Column,
  { file, path, size }: { file: number; path: string; size: number },
): Chunk[] {
  return row_groups.map((group): Chunk => {
    const rows = whole(group.num_rows);
    const place = placeOf(group, column, path);
    if (!(place.start >= 4 && place.start <= place.end && place.end <= size - 8)) {
      throw damagedParquet(path, `${column.name} is not within the file`);
    }
    if (!(rows >= 0 && rows === place.values)) {
      throw damagedParquet(path, `${place.values} values of ${column.name} in ${rows} rows`);
    }
    return { column, file, path, rows, ...place };
  });
}

function placeOf({ columns }: RowGroup, { name }: Column, path: string) {
  const found = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
  const meta = found?.meta_data;
  if (found?.crypto_metadata !== undefined || found?.encrypted_column_metadata !== undefined) {
    throw new StudyError(`${name} in ${path} is encrypted`, 'write it without encryption');
  }
  if (found?.file_path) {
    throw new StudyError(
      `${name} of ${path} is in another file: ${found.file_path}`,
      'name the files with the data',
    );
  }
  const encoding = meta?.encodings.find((each) => !known.has(each));
  if (encoding !== undefined) {
    throw new StudyError(
      `${name} in ${path} is encoded as ${encoding}, which is not read`,
      `write it again: python3 -c "import pyarrow.parquet as p; p.write_table(p.read_table('${path}'), 'images.parquet')"`,
    );
  }
  if (!meta) throw damagedParquet(path, `a row group without ${name}`);
  const data = whole(meta.data_page_offset);
  const dictionary = whole(meta.dictionary_page_offset ?? 0n);
  const start = dictionary > 0 ? Math.min(dictionary, data) : data;
  const nulls = meta.statistics?.null_count;
  return {
    codec: meta.codec,
    values: whole(meta.num_values),
    start,
    end: start + whole(meta.total_compressed_size),
    ...(nulls !== undefined && { nulls: whole(nulls) }),
  };
}

/** Of values and of their levels. */
const known = new Set(['PLAIN', 'PLAIN_DICTIONARY', 'RLE', 'RLE_DICTIONARY', 'BIT_PACKED']);

/** -1 for what is no count or offset. */
function whole(value: unknown): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : -1;
}
