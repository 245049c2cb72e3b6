import { diskError } from '../arrays/disk.ts';
import { longestNpyHeader, type NpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { openRegular } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { arrayImages, firstValuesBytes, isImageShape, requireImages } from './array.ts';
import type { ImageSource } from './source.ts';

/**
 * The images of a .npy uint8 [N, H, W, 3], as `numpy.save` writes samples; read where they lie.
 * @throws StudyError if the file is missing or damaged, or the array has another shape or type
 */
export async function openNpyImages(path: string): Promise<ImageSource> {
  const { file, size } = await openRegular(path).catch((error) => {
    throw diskError(error, path);
  });
  try {
    const wanted = Buffer.alloc(longestNpyHeader + firstValuesBytes);
    const { bytesRead } = await file.read(wanted, 0, wanted.length, 0);
    const begun = wanted.subarray(0, bytesRead);
    const header = parseNpyHeader(begun, path);
    if (!isImageShape(header)) {
      throw new StudyError(
        `${path} is ${header.dtype.name} [${header.shape.join(', ')}], not images`,
        'images are uint8 [N, H, W, 3]',
      );
    }
    const first = begun.subarray(header.dataOffset, header.dataOffset + firstValuesBytes);
    const load = `${JSON.stringify(path).replaceAll('"', "'")})`;
    const shape = requireImages(header, size, first, path, load);
    return arrayImages(path, {
      shape,
      read: async (position, out) =>
        (await file.read(out, 0, out.length, header.dataOffset + position)).bytesRead,
      files: () => [path],
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
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
