import type { NpyHeader } from '../arrays/npy-header.ts';
import { StudyError } from '../errors.ts';
import { inPython, notImages } from './array-advice.ts';
import { numberedNames } from './names.ts';
import { requirePixels } from './pixels.ts';
import type { ImageSource } from './source.ts';

export interface ArrayShape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** An array of images in a file: where they are, and what closes it. */
export interface ImageArray extends Pick<ImageSource, 'labels' | 'files' | 'close'> {
  readonly shape: ArrayShape;
  /** Bytes from the first image on; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** The images of an array uint8 [N, H, W, 3]; names are `000017`. */
export function arrayImages(path: string, { shape, read, ...array }: ImageArray): ImageSource {
  const { count, height, width } = shape;
  const imageBytes = height * width * 3;
  const names = numberedNames(count, path);
  return {
    path,
    names,
    ...array,
    // The bytes have no header: images of another shape may have the same.
    treatment: `uint8 ${height}x${width}x3`,
    size: async () => imageBytes,
    pixels: () => height * width,
    async read(index) {
      const bytes = await read(index * imageBytes, imageBytes);
      if (bytes.length < imageBytes) {
        throw new StudyError(
          `${names[index]} in ${path} is truncated`,
          'the file changed since it was opened: let nothing write there, and run it again',
        );
      }
      return bytes;
    },
    decode: async (data) => ({ width, height, data }),
  };
}

/** Whether an array may be meant as images, which is then said of one that is not uint8 [N, H, W, 3]. */
export function isImageShape({ shape }: Pick<NpyHeader, 'shape'>): boolean {
  return shape.length === 3 || shape.length === 4;
}

/** Whether an array is of images as they are read. */
export function isImageArray({ shape, dtype }: NpyHeader): boolean {
  return shape.length === 4 && shape[3] === 3 && dtype.name === 'uint8';
}

/**
 * The shape of an array of images.
 * @param bytes of the array with its header
 * @param first bytes behind the header, by which floats are told apart
 * @param name of the array, for messages
 * @param load how NumPy loads it
 * @throws StudyError if it is no array of images, saying what it looks like and how to convert it
 */
export function requireImages(
  header: NpyHeader,
  bytes: number,
  first: Uint8Array,
  name: string,
  load: string,
): ArrayShape {
  const { shape, fortranOrder, length, dataOffset } = header;
  if (!isImageArray(header)) throw notImages(header, first, name, load);
  const [count = 0, height = 0, width = 0] = shape;
  if (length === 0) {
    throw new StudyError(`${name} is empty: its shape is [${shape.join(', ')}]`, 'save it again');
  }
  if (fortranOrder) {
    throw new StudyError(
      `${name} is in Fortran order, so that its images are scattered`,
      inPython(load, 'np.ascontiguousarray(a)'),
    );
  }
  if (bytes !== dataOffset + length) {
    throw new StudyError(
      `${name} has ${bytes} bytes, not those of its shape (${shape.join(', ')})`,
      'the file is damaged; write it again',
    );
  }
  requirePixels(width, height, name);
  return { count, height, width };
}

/** Values that tell the range of an array; more would not fit into the arguments of a call. */
export const firstValuesBytes = 2 ** 16;
