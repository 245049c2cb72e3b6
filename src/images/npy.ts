import { longestNpyHeader, type NpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { type ByteFiles, OpenFiles } from '../arrays/open-files.ts';
import { StudyError } from '../errors.ts';
import { arrayImages, firstValuesBytes, isImageShape, requireImages } from './array.ts';
import type { ImageSource } from './source.ts';

/**
 * The images of a .npy uint8 [N, H, W, 3], as `numpy.save` writes samples; read where they lie.
 * @throws StudyError if the file is missing or damaged, or the array has another shape or type
 */
export function openNpyImages(path: string): Promise<ImageSource> {
  return npyImages(path, new OpenFiles([path]));
}

/** The same of an open file; closes it. */
export async function npyImages(path: string, files: ByteFiles): Promise<ImageSource> {
  try {
    const size = await files.size(0);
    const begun = await files.read(0, 0, Math.min(size, longestNpyHeader + firstValuesBytes));
    const header = parseNpyHeader(begun, path);
    if (!isImageShape(header)) {
      throw new StudyError(
        `${path} is ${header.dtype.name} [${header.shape.join(', ')}], not images`,
        'images are uint8 [N, H, W, 3]',
      );
    }
    const { dataOffset } = header;
    const first = begun.subarray(dataOffset, dataOffset + firstValuesBytes);
    const shape = requireImages(header, size, first, path, `'${path}')`);
    return arrayImages(path, {
      shape,
      read: (position, length) => files.read(0, dataOffset + position, length),
      files: () => [path],
      close: () => files.close(),
    });
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** Whether a .npy is meant as images, by its first bytes: features have two dimensions. */
export function isImageNpy(head: Uint8Array): boolean {
  let header: NpyHeader;
  try {
    header = parseNpyHeader(head, '');
  } catch {
    return false;
  }
  return isImageShape(header);
}
