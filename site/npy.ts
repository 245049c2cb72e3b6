import { StudyError } from '../src/errors.ts';

/** A .npy of floats: its shape, and where its numbers begin. */
export interface NpyFloats {
  readonly shape: readonly number[];
  readonly bytesEach: 4 | 8;
  readonly dataOffset: number;
}

/** The longest header that NumPy writes, with room. */
const LONGEST = 65_536;

/**
 * The header of a .npy, from the first bytes of the file.
 *
 * @throws StudyError for another file, other numbers than float32 and float64, or columns that come first
 */
export function npyFloats(start: DataView, name: string): NpyFloats {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (start.byteLength < 12 || magic.some((byte, i) => start.getUint8(i) !== byte)) {
    throw new StudyError(`${name} is not a .npy file`, 'write it with numpy.save(path, array)');
  }
  const [from, length] =
    start.getUint8(6) === 1 ? [10, start.getUint16(8, true)] : [12, start.getUint32(8, true)];
  if (length > LONGEST || from + length > start.byteLength) {
    throw new StudyError(`${name} is cut short, or damaged`, 'write it again');
  }
  let text = '';
  for (let i = from; i < from + length; i++) text += String.fromCharCode(start.getUint8(i));
  const [, type] = /'descr':\s*'([^']*)'/.exec(text) ?? [];
  const bytesEach = type === '<f4' ? 4 : type === '<f8' ? 8 : undefined;
  if (bytesEach === undefined) {
    throw new StudyError(
      `${name} holds numbers of type ${type ?? 'unknown'}`,
      'save them as float32 or float64',
    );
  }
  if (!/'fortran_order':\s*False/.test(text)) {
    throw new StudyError(`${name} is in Fortran order`, 'save numpy.ascontiguousarray(array)');
  }
  const [, extents = ''] = /'shape':\s*\(([\d,\s]*)\)/.exec(text) ?? [];
  const shape = extents
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map(Number);
  const total = shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(total * bytesEach)) {
    throw new StudyError(`${name} claims the shape (${shape.join(', ')})`, 'the file is damaged');
  }
  return { shape, bytesEach, dataOffset: from + length };
}

/** Numbers of a .npy as float64. */
export function floatsOf(data: ArrayBuffer, { bytesEach }: NpyFloats): Float64Array {
  return bytesEach === 8 ? new Float64Array(data) : Float64Array.from(new Float32Array(data));
}
