import { join } from 'node:path';
import { beginsTar } from '../arrays/tar.ts';
import { StudyError } from '../errors.ts';
import { openCifar } from './cifar.ts';
import { listFiles, openFolder } from './folder.ts';
import { type FoundFile, hasExtension, look } from './look.ts';
import { byCodeUnit, isHiddenName } from './names.ts';
import { requireKnown, requireKnownFolder } from './other-formats.ts';
import { requireOneSplit } from './parquet/splits.ts';
import { OtherFiles } from './passed-over.ts';
import type { ImageSource } from './source.ts';

/** What only some formats let a user choose. */
export interface Choice {
  /** The column of the images in Parquet files; by default the only one that holds images. */
  readonly column?: string | undefined;
}

/**
 * The images of a folder; without any, those of the tars, Parquet files or CIFAR-10 batches in it.
 * @throws StudyError if it cannot be read, or what it holds instead is of a format that is not read
 */
export async function openFolderOrFiles(path: string, choice?: Choice): Promise<ImageSource> {
  const folder = await openFolder(path);
  if (folder.names.length > 0) return folder;
  const files = await listFiles(path);
  for (const [isTaken, open] of manyImages) {
    const taken = files.filter((name) => isTaken(name) && !isHiddenName(name)).sort(byCodeUnit);
    if (taken.length === 0) continue;
    requireOneSplit(path, taken);
    const paths = taken.map((name) => join(path, name));
    const source = await open(path, paths, choice);
    const others = new OtherFiles(source.passedOver);
    for (const name of files) if (!isTaken(name)) others.add(name);
    return { ...source, ...others.result() };
  }
  await requireKnownFolder(path, files);
  return folder;
}

type OpenSeveral = (
  path: string,
  files: readonly string[],
  choice?: Choice,
) => Promise<ImageSource>;

/** Files that hold many images, by their names. */
const manyImages: readonly (readonly [isTaken: (name: string) => boolean, open: OpenSeveral])[] = [
  [(name) => /\.bin$/i.test(name), (path, files) => openCifar(path, files)],
  [(name) => /\.(?:tar|parquet)$/i.test(name), openFiles],
];

/** Tars or Parquet files, as one set. @throws StudyError if they are neither, or both */
export async function openFiles(
  path: string,
  files: readonly string[],
  { column }: Choice = {},
): Promise<ImageSource> {
  const kinds = new Map<string, string>();
  for (const file of files) {
    const found = await look(file);
    const kind =
      found.type !== 'file'
        ? 'other'
        : isTar(found)
          ? 'tar'
          : isParquet(found)
            ? 'parquet'
            : 'other';
    if (kind === 'other') {
      if (found.type !== 'list') requireKnown(found);
      throw new StudyError(
        `${file} of ${path} is neither a tar nor a Parquet file`,
        'several files of images are tars or Parquet files; for others name their folder',
      );
    }
    if (!kinds.has(kind)) kinds.set(kind, file);
  }
  const [first, second] = kinds.values();
  if (second !== undefined) {
    throw new StudyError(
      `${path} holds both tars and Parquet files: ${first}, ${second}`,
      'name those of one kind, such as DIR/*.tar',
    );
  }
  // Loaded where they are used: most commands open neither.
  if (kinds.has('tar')) return (await import('./tar.ts')).openTarImages(path, files);
  return (await import('./parquet/images.ts')).openParquetImages(path, files, column);
}

export const isTar = (found: FoundFile) => beginsTar(found.head) || hasExtension(found, 'tar');

export const isParquet = (found: FoundFile) =>
  beginsWith(found, 'PAR1') || hasExtension(found, 'parquet');

export const beginsWith = ({ head }: FoundFile, magic: string) =>
  Buffer.from(head).toString('latin1', 0, magic.length) === magic;
