import { type ByteFiles, OpenFiles, readFully } from '../arrays/open-files.ts';
import { StudyError } from '../errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from './decode.ts';
import { labelsOfFolders } from './labels.ts';
import { byCodeUnit } from './names.ts';
import { requireImageBytes } from './pixels.ts';
import type { ImageSource } from './source.ts';
import { indexTars, type TarIndex } from './tar-index.ts';

/**
 * The images in one or more tars, in the order of their full names: shards of WebDataset, a tar of
 * images, or a tar of tars as ImageNet's. One pass reads the headers; after it images are read at
 * random. Classes are those of `.cls` members, where there are any.
 * @param path what the user named
 * @throws StudyError if a tar is missing or damaged, or a name is there twice
 */
export function openTarImages(path: string, tars: readonly string[]): Promise<ImageSource> {
  return tarImages(path, new OpenFiles(tars));
}

/** The same of open files; closes them. */
export async function tarImages(path: string, files: ByteFiles): Promise<ImageSource> {
  try {
    const index = await indexTars(files, path);
    return sourceOf(path, files, index, inOrder(index, files.paths));
  } catch (error) {
    await files.close();
    throw error;
  }
}

function sourceOf(
  path: string,
  files: ByteFiles,
  { names, tarOf, starts, sizes, labels, others }: TarIndex,
  order: Uint32Array,
): ImageSource {
  const sorted = Array.from(order, (at) => names[at]!);
  const nameOf = (index: number) => `${sorted[index]} in ${files.paths[tarOf[order[index]!]!]}`;
  const codes = labels && Int32Array.from(order, (at) => labels.codes[at]!);
  return {
    path,
    names: sorted,
    ...others.result(),
    treatmentOf,
    files: () => files.paths,
    labels: async () => (labels ? { ...labels, codes: codes! } : labelsOfFolders(sorted)),
    async size(index) {
      const size = sizes[order[index]!]!;
      requireImageBytes(size, nameOf(index));
      return size;
    },
    pixels: (bytes, index) => pixelsOf(bytes, nameOf(index)),
    read(index) {
      const at = order[index]!;
      return readFully(files, tarOf[at]!, starts[at]!, sizes[at]!);
    },
    decode: (bytes, index) => decodeImage(bytes, nameOf(index)),
    close: () => files.close(),
  };
}

/** @throws StudyError if a name is there twice */
function inOrder({ names, tarOf }: TarIndex, tars: readonly string[]): Uint32Array {
  const order = Uint32Array.from(names, (_, at) => at).sort(
    (a, b) => byCodeUnit(names[a]!, names[b]!) || a - b,
  );
  for (let i = 1; i < order.length; i++) {
    const [before, at] = [order[i - 1]!, order[i]!];
    if (names[before] !== names[at]) continue;
    const [one, other] = [tars[tarOf[before]!]!, tars[tarOf[at]!]!];
    throw one === other
      ? new StudyError(`${one} holds ${names[at]} twice`, 'pack the tar again')
      : new StudyError(
          `${one} and ${other} both hold ${names[at]}`,
          'is one a copy? Give each shard once; or give their images other names',
        );
  }
  return order;
}
