import { decodeInto, isFloating } from '../arrays/dtype.ts';
import type { NpyHeader } from '../arrays/npy-header.ts';
import { StudyError } from '../errors.ts';

/**
 * Says what an array looks like, and how NumPy makes images of it.
 * @param first bytes behind its header
 * @param name for messages
 * @param load how NumPy loads it
 */
export function notImages(
  header: NpyHeader,
  first: Uint8Array,
  name: string,
  load: string,
): StudyError {
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

/** The hint of an array that is not as images are: the line of NumPy that makes one. */
export function inPython(load: string, code: string): string {
  return `images are uint8 [N, H, W, 3]; convert them: python3 -c "import numpy as np; a = np.load(${load}; np.save('images.npy', ${code})"`;
}
