import { type ByteFiles, OpenFiles } from '../../arrays/open-files.ts';
import { StudyError } from '../../errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from '../decode.ts';
import { requireImageBytes } from '../pixels.ts';
import type { ImageSource } from '../source.ts';
import { labelsOf } from './labels.ts';
import { namesOf } from './names.ts';
import { type Pages, pagesOf } from './pages.ts';
import { Recent } from './recent.ts';
import { type ParquetSet, parquetSet, pathsOnly } from './set.ts';
import { dictionaryOf, type Value, valuesOf } from './values.ts';

/** Bytes of pages that stay unpacked: neighbours are in one page. */
const keptBytes = 2 ** 26;

/**
 * The images in a column of one or more Parquet files, in the order of the files and of their rows:
 * data sets of Hugging Face. Names are `train-00000-of-00002/000017`. An image is read with its page,
 * of which pyarrow ends one after 1,024 rows at most, and a row group of `datasets` has 100.
 * @param path what the user named
 * @param column of the images, where there are several
 * @throws StudyError if a file is missing or damaged, or it is not clear which column is meant
 */
export function openParquetImages(
  path: string,
  paths: readonly string[],
  column?: string,
): Promise<ImageSource> {
  return parquetImages(path, new OpenFiles(paths), column);
}

/** The same of open files; closes them. */
export async function parquetImages(
  path: string,
  files: ByteFiles,
  column?: string,
): Promise<ImageSource> {
  try {
    return sourceOf(path, files, await parquetSet(files, path, column));
  } catch (error) {
    await files.close();
    throw error;
  }
}

function sourceOf(path: string, files: ByteFiles, found: ParquetSet): ImageSource {
  const { images: chunks } = found;
  const firstRows: number[] = [];
  let count = 0;
  for (const { rows } of chunks) {
    firstRows.push(count);
    count += rows;
  }
  const names = namesOf(chunks, files.paths);
  const pages: Promise<Pages>[] = [];
  const unpacked = new Recent<readonly Value[]>(keptBytes);
  const nameOf = (index: number) => `${names[index]} in ${path}`;

  /** The chunk and the page of an image, and its place in the page. */
  async function locate(index: number) {
    const number = lastBelow(firstRows, index);
    const chunk = chunks[number]!;
    pages[number] ??= pagesOf(files, chunk);
    const of = await pages[number];
    const row = index - firstRows[number]!;
    const at = lastBelow(of.firstRows, row);
    return { number, chunk, of, at, page: of.data[at]!, row: row - of.firstRows[at]! };
  }

  async function imageAt(index: number): Promise<Value> {
    const { number, chunk, of, at, page, row } = await locate(index);
    const values = await unpacked.get(`${number} ${at}`, page.unpacked, async () => {
      const bytes = of.dictionary?.unpacked ?? 0;
      const entries = await unpacked.get(`${number}`, bytes, () => dictionaryOf(files, chunk, of));
      return valuesOf(files, chunk, page, entries);
    });
    return values[row]!;
  }

  const { labels } = found;
  return {
    path,
    names,
    hasColumns: true,
    files: () => files.paths,
    treatmentOf,
    ...(labels && { labels: () => labelsOf(files, labels, found.classes) }),
    async size(index) {
      const { page, of } = await locate(index);
      const { packed = 0, unpacked: whole = 0 } = of.dictionary ?? {};
      return page.packed + page.unpacked + packed + whole;
    },
    pixels: (bytes, index) => pixelsOf(bytes, nameOf(index)),
    async read(index) {
      const value = await imageAt(index);
      if (!(value instanceof Uint8Array)) {
        throw new StudyError(
          `${nameOf(index)} has no bytes: it is null, or only a path`,
          pathsOnly,
        );
      }
      requireImageBytes(value.length, nameOf(index));
      return value;
    },
    decode: (bytes, index) => decodeImage(bytes, nameOf(index)),
    close: () => files.close(),
  };
}

/** The position of the last of some ascending numbers that is not above a value. */
function lastBelow(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
