import type { FileMetaData } from 'hyparquet';
import type { ByteFiles } from '../../arrays/open-files.ts';
import { StudyError } from '../../errors.ts';
import { requireCount } from '../names.ts';
import { type Chunk, chunksOf } from './chunk.ts';
import { type Column, imageColumn, type LabelColumn, labelColumn } from './columns.ts';
import { readFooter, understood } from './footer.ts';

/** The columns of a set of files. */
export interface ParquetSet {
  readonly images: readonly Chunk[];
  /** Null if there is no such column; an error if it is not clear which is meant. */
  readonly labels: readonly Chunk[] | StudyError | null;
  readonly classes: readonly string[] | undefined;
}

/**
 * Finds the columns of images and of classes in some files.
 * @param path what the user named
 * @param wanted the column of images, where there are several
 * @throws StudyError if a file is damaged, or they do not belong together
 */
export async function parquetSet(
  files: ByteFiles,
  path: string,
  wanted?: string,
): Promise<ParquetSet> {
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

/** What to do about images that are paths to other files. */
export const pathsOnly =
  "write the images into it: in Python, datasets.load_dataset('imagefolder', data_dir='DIR', split='train').to_parquet('images.parquet'); or give DIR";
