import { decodeInto, isFloating } from '../arrays/dtype.ts';
import type { NpyHeader } from '../arrays/npy-header.ts';
import { StudyError } from '../errors.ts';
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

/** Says what an array looks like, and how NumPy makes images of it. */
function notImages(header: NpyHeader, first: Uint8Array, name: string, load: string): StudyError {
  const { shape, dtype } = header;
  const is = `${name} is ${dtype.name} [${shape.join(', ')}]`;
  const looks: string[] = [];
  let code = 'a';
  let extents = [...shape];
  const isRank = extents.length === 4 || (extents.length === 3 && extents[0] !== 0);
  if (!isRank) return new StudyError(is, 'images are uint8 [N, H, W, 3]');
  if (extents.length === 3) {
    const isOne = isChannels(extents[2]);
    looks.push(isOne ? 'one image' : 'grey images without channels');
    code = isOne ? 'a[None]' : 'a[..., None]';
    extents = isOne ? [1, ...extents] : [...extents, 1];
  }
  if (!isChannels(extents[3]) && isChannels(extents[1])) {
    looks.push('channels first (NCHW)');
    code += '.transpose(0, 2, 3, 1)';
    extents = [extents[0]!, extents[2]!, extents[3]!, extents[1]!];
  }
  if (isFloating(dtype)) {
    const { words, scaled } = rangeOf(header, first);
    looks.push(words);
    code = `${scaled(code)}.round().clip(0, 255).astype('uint8')`;
  } else if (dtype.name === 'bool') {
    looks.push('black and white');
    code += ".astype('uint8') * 255";
    code = `(${code})`;
  } else if (dtype.name !== 'uint8') {
    looks.push('other whole numbers than uint8');
    code += ".astype('uint8')";
  }
  if (extents[3] === 1) {
    if (shape.length === 4) looks.push('grey, one channel');
    code += '.repeat(3, axis=3)';
  } else if (extents[3] === 4) {
    looks.push('four channels (RGBA)');
    code += '[..., :3]';
  } else if (extents[3] !== 3) {
    return new StudyError(is, 'images are uint8 [N, H, W, 3]');
  }
  return new StudyError(`${is}: ${looks.join(', ')}`, inPython(load, code));
}

const isChannels = (extent: number | undefined) => extent === 1 || extent === 3 || extent === 4;

function rangeOf({ dtype }: NpyHeader, first: Uint8Array) {
  const values = new Float64Array(Math.floor(first.length / dtype.bytes));
  decodeInto(first.slice(0, values.length * dtype.bytes), dtype, values);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length > 0 && least < 0 && least >= -1.01 && most <= 1.01) {
    return { words: 'floats in [-1, 1]', scaled: (code: string) => `((${code} + 1) * 127.5)` };
  }
  if (values.length > 0 && least >= 0 && most <= 1.01) {
    return { words: 'floats in [0, 1]', scaled: (code: string) => `(${code} * 255)` };
  }
  const range = values.length > 0 ? ` from ${least.toPrecision(3)} to ${most.toPrecision(3)}` : '';
  return { words: `floats${range}`, scaled: (code: string) => code };
}

function inPython(load: string, code: string): string {
  return `images are uint8 [N, H, W, 3]; convert them: python3 -c "import numpy as np; a = np.load(${load}; np.save('images.npy', ${code})"`;
}

/** Values that tell the range of an array; more would not fit into the arguments of a call. */
export const firstValuesBytes = 2 ** 16;
