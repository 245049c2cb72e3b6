import { StudyError } from '../errors.ts';
import { type Dtype, parseDtype } from './dtype.ts';

/** What a .npy file says of its array. `length` is the number of elements. */
export interface NpyHeader {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly length: number;
  /** Where the data begin, in bytes from the start of the .npy. */
  readonly dataOffset: number;
}

const magic = '\x93NUMPY';
/** NumPy's own headers are under 1 kB; the bound keeps a hostile length from allocating. */
export const longestNpyHeader = 65536 + 12;
// As many as NumPy itself allows.
const mostDimensions = 64;

/**
 * How many bytes `parseNpyHeader` needs, from the first 12 of the file.
 * @throws StudyError if these are not the beginning of a .npy file.
 */
export function npyHeaderLength(start: Uint8Array, path: string): number {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== magic) {
    throw new StudyError(`not a .npy file: ${path}`, 'write it with numpy.save(path, array)');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) {
    throw new StudyError(
      `${path} is .npy format version ${version}; only 1, 2 and 3 are known`,
      'write it again with numpy.save(path, array)',
    );
  }
  if (version > 1 && bytes.length < 12) throw truncated(path);
  const length = version === 1 ? 10 + bytes.readUInt16LE(8) : 12 + bytes.readUInt32LE(8);
  if (length > longestNpyHeader) {
    throw new StudyError(
      `the .npy header of ${path} claims ${length} bytes`,
      'the file is damaged',
    );
  }
  return length;
}

/**
 * Parses a .npy header (format versions 1 to 3). `bytes` holds at least the whole header.
 * @throws StudyError naming `path` and the offending value.
 */
export function parseNpyHeader(bytes: Uint8Array, path: string): NpyHeader {
  const { dataOffset, ...fields } = parseNpyFields(bytes, path);
  if (fields.descr === null) {
    throw new StudyError(`${path} is a structured array`, 'save a plain array of numbers');
  }
  const dtype = parseDtype(fields.descr);
  if (!dtype) {
    throw new StudyError(
      `${path} holds elements of type ${fields.descr}`,
      'save it as float32: numpy.save(path, array.astype("float32"))',
    );
  }
  const { shape } = fields;
  const length = shape.reduce((product, extent) => product * extent, 1);
  // An extent of 0 must not hide another one of any size.
  const extents = shape.reduce((product, extent) => product * Math.max(1, extent), 1);
  if (!Number.isSafeInteger(extents * dtype.bytes)) {
    throw new StudyError(`${path} claims the shape (${shape.join(', ')})`, 'the file is damaged');
  }
  return { dtype, shape, fortranOrder: fields.fortran, length, dataOffset };
}

/** What a header says, of elements of any type. */
export interface NpyFields {
  /** Such as `<f4`; null for the fields of a structured array. */
  readonly descr: string | null;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly dataOffset: number;
}

/**
 * The same without asking for numbers: texts and Python's objects have headers too.
 * @throws StudyError if it is damaged
 */
export function parseNpyFields(bytes: Uint8Array, path: string): NpyFields {
  const dataOffset = npyHeaderLength(bytes.subarray(0, 12), path);
  if (bytes.length < dataOffset) throw truncated(path);
  const start = bytes[6] === 1 ? 10 : 12;
  const text = Buffer.from(bytes.subarray(start, dataOffset)).toString('latin1');
  if (/'descr'\s*:\s*\[/.test(text)) return { descr: null, fortran: false, shape: [], dataOffset };
  const { descr, fortran, shape } = parseFields(text, path);
  return { descr, fortran, shape: parseShape(shape, path), dataOffset };
}

// One `'key': value` of the dict, with what separates it from the next, or ends the dict: no nesting,
// so linear.
const field =
  /\s*['"](\w+)['"]\s*:\s*(?:['"]([^'"]*)['"]|(True|False)|\(([\dL,\s]*)\))\s*(,\s*\}|,|\})/y;

function parseFields(
  text: string,
  path: string,
): { descr: string; fortran: boolean; shape: string } {
  const start = /^\s*\{/.exec(text)?.[0].length ?? 0;
  let descr: string | undefined;
  let fortran: boolean | undefined;
  let shape: string | undefined;
  const keys = new Set<string>();
  let isWhole = false;
  field.lastIndex = start;
  for (let match = start && field.exec(text); match; match = field.exec(text)) {
    const key = match[1]!;
    if (keys.has(key)) break;
    keys.add(key);
    if (key === 'descr') descr = match[2];
    if (key === 'fortran_order' && match[3]) fortran = match[3] === 'True';
    if (key === 'shape') shape = match[4];
    isWhole = match[5]!.endsWith('}');
    if (isWhole) break;
  }
  field.lastIndex = 0;
  if (!isWhole || descr === undefined || fortran === undefined || shape === undefined) {
    throw new StudyError(
      `malformed .npy header in ${path}: ${text.trim().slice(0, 80)}`,
      'the file is damaged, or not an array of numbers; write it again with numpy.save(path, array)',
    );
  }
  return { descr, fortran, shape };
}

function parseShape(text: string, path: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  const shape = parts.map((part) => (/^\d{1,15}L?$/.test(part) ? Number.parseInt(part, 10) : -1));
  if (shape.length > mostDimensions || shape.some((extent) => extent < 0)) {
    throw new StudyError(
      `malformed shape in ${path}: (${text.slice(0, 80)})`,
      'the file is damaged; write it again with numpy.save(path, array)',
    );
  }
  return shape;
}

function truncated(path: string): StudyError {
  return new StudyError(
    `${path} ends within its .npy header`,
    'the file is damaged; write it again',
  );
}

/** The bytes that `formatNpyHeader` takes for any shape of up to three dimensions. */
export const npyHeaderBytes = 128;

/** A version 1.0 header for C-ordered little-endian data, padded to 128 bytes as NumPy pads. */
export function formatNpyHeader(
  dtype: 'u1' | 'b1' | 'i8' | 'f4' | 'f8' | `U${number}`,
  shape: readonly number[],
): Uint8Array {
  const order = dtype === 'u1' || dtype === 'b1' ? '|' : '<';
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const header = Buffer.alloc(npyHeaderBytes, ' ');
  header.write(magic, 0, 'latin1');
  header.writeUInt8(1, 6);
  header.writeUInt8(0, 7);
  header.writeUInt16LE(npyHeaderBytes - 10, 8);
  header.write(dict, 10, 'latin1');
  header.write('\n', npyHeaderBytes - 1, 'latin1');
  return header;
}
