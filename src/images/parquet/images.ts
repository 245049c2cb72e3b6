import type { FileMetaData } from 'hyparquet';
import { type ByteFiles, OpenFiles } from '../../arrays/open-files.ts';
import { StudyError } from '../../errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from '../decode.ts';
import { requireCount } from '../names.ts';
import { requireImageBytes } from '../pixels.ts';
import type { ImageSource } from '../source.ts';
import { type Chunk, chunksOf } from './chunk.ts';
import { type Column, imageColumn, type LabelColumn, labelColumn } from './columns.ts';
import { readFooter, understood } from './footer.ts';
import { labelsOf } from './labels.ts';
import { type Pages, pagesOf } from './pages.ts';
import { Recent } from './recent.ts';
import { dictionaryOf, type Value, valuesOf } from './values.ts';

/** Bytes of pages that stay unpacked: neighbours are in one page. */
const keptBytes = 2 ** 26;

/**
 * The images in a column of one or more Parquet files, in the order of the files and of their rows:
 * data sets of Hugging Face. Names are `train-00000-of-00002/000017`. An image is read with its page,
 * which is a megabyte as pyarrow writes; the last pages are kept.
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
    return sourceOf(path, files, await chunksIn(files, path, column));
  } catch (error) {
    await files.close();
    throw error;
  }
}

interface Found {
  readonly images: readonly Chunk[];
  /** Null if there is no such column; an error if it is not clear which is meant. */
  readonly labels: readonly Chunk[] | StudyError | null;
  readonly classes: readonly string[] | undefined;
}

async function chunksIn(files: ByteFiles, path: string, wanted?: string): Promise<Found> {
  const images: Chunk[] = [];
  const labels: Chunk[] = [];
  let image: Column | undefined;
  let label: LabelColumn | StudyError | undefined;
  for (const [file, each] of files.paths.entries()) {
    const metadata = await readFooter(files, file);
    const there = understood(each, () => imageColumn(metadata, each, wanted));
    if (!image) label = labelIn(metadata, each);
    image ??= there;
    if (there.name !== image.name) {
      throw new StudyError(
        `the images are in ${image.name} of ${files.paths[0]}, but in ${there.name} of ${each}`,
        'give files of one data set',
      );
    }
    const place = { file, path: each, size: await files.size(file) };
    const chunks = (column: Column) => understood(each, () => chunksOf(metadata, column, place));
    for (const chunk of chunks(there)) images.push(chunk);
    if (label && !(label instanceof StudyError)) {
      const here = labelIn(metadata, each);
      if (!here || here instanceof StudyError || here.name !== label.name) label = undefined;
      else for (const chunk of chunks(here)) labels.push(chunk);
    }
    requireCount(
      images.reduce((sum, { rows }) => sum + rows, 0),
      path,
    );
  }
  requireBytes(images);
  const classes = label && 'names' in label ? label.names : undefined;
  return { images, labels: label instanceof StudyError ? label : label ? labels : null, classes };
}

function labelIn(metadata: FileMetaData, path: string): LabelColumn | StudyError | undefined {
  try {
    return understood(path, () => labelColumn(metadata, path));
  } catch (error) {
    if (error instanceof StudyError) return error;
    throw error;
  }
}

/** @throws StudyError if the files hold names of images instead of images */
function requireBytes(chunks: readonly Chunk[]): void {
  const [first] = chunks;
  if (!first || !chunks.every(({ nulls, rows }) => nulls !== undefined && nulls === rows)) return;
  throw new StudyError(
    `${first.column.name} in ${first.path} is null in all rows: its images are paths to other files`,
    pathsOnly,
  );
}

const pathsOnly =
  "write the images into it: in Python, datasets.load_dataset('imagefolder', data_dir='DIR', split='train').to_parquet('images.parquet'); or give DIR";

function sourceOf(path: string, files: ByteFiles, found: Found): ImageSource {
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

/** `FILE/000017`, by the row in its file; as wide as the last one needs, six digits at least. */
function namesOf(chunks: readonly Chunk[], paths: readonly string[]): string[] {
  const rows = paths.map(() => 0);
  for (const { file, rows: more } of chunks) rows[file]! += more;
  const shared = sharedFolder(paths);
  return paths.flatMap((path, file) => {
    const width = Math.max(6, String(rows[file]! - 1).length);
    const prefix = path
      .slice(shared)
      .replaceAll('\\', '/')
      .replace(/\.parquet$/i, '');
    return Array.from(
      { length: rows[file]! },
      (_, i) => `${prefix}/${String(i).padStart(width, '0')}`,
    );
  });
}

/** How many characters of the paths are folders that all of them share. */
function sharedFolder(paths: readonly string[]): number {
  const [first = ''] = paths;
  const folders = [...first.matchAll(/[/\\]/g)].map(({ index }) => index + 1);
  return (
    folders.findLast((end) => paths.every((path) => path.startsWith(first.slice(0, end)))) ?? 0
  );
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
