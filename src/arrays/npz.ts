import { StudyError } from '../errors.ts';
import { diskError } from './disk.ts';
import { decodeInto } from './dtype.ts';
import { longestNpyHeader, type NpyHeader, npyHeaderLength, parseNpyHeader } from './npy-header.ts';
import { readWhole } from './regular-file.ts';
import { openZip, type ZipContent, type ZipMember } from './zip.ts';

export { writeNpz } from './npz-writer.ts';

type Floats = Float32Array | Float64Array;

/** An array of an .npz in C order; values of any type become floats. */
export interface NpzArray<Values extends Floats = Float64Array> {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Refuses arrays by their headers, before any memory is taken for what they hold. */
export type HeaderCheck<Name extends string> = (headers: Record<Name, NpyHeader>) => void;

/** The most numbers of an array that is read as a whole: 2 GiB of them as float64. */
const mostNumbers = 2 ** 28;

/**
 * Reads the named arrays of an .npz (stored or deflated). A deflated megabyte may claim a gigabyte:
 * nothing is unpacked but the headers before all of them hold.
 * @param check throws where the shapes or types are others than expected
 * @throws StudyError if the file is damaged, or an array is missing, empty or too large
 */
export async function readNpz<Name extends string>(
  path: string,
  names: readonly Name[],
  check?: HeaderCheck<Name>,
): Promise<Record<Name, NpzArray>> {
  return readArrays(path, names, check, ({ length }) => new Float64Array(length));
}

/** One array, as float32 where no digit is lost. @throws StudyError as `readNpz` */
export async function npzArray(zip: ZipContent, name: string): Promise<NpzArray<Floats>> {
  const arrays = await arraysOf<string, Floats>(zip, [name], undefined, ({ dtype, length }) =>
    dtype.name === 'float32' || dtype.bytes <= 2
      ? new Float32Array(length)
      : new Float64Array(length),
  );
  return arrays[name]!;
}

async function readArrays<Name extends string, Values extends Floats>(
  path: string,
  names: readonly Name[],
  check: HeaderCheck<Name> | undefined,
  allocate: (header: NpyHeader) => Values,
): Promise<Record<Name, NpzArray<Values>>> {
  const zip = await openZip(path);
  try {
    return await arraysOf(zip, names, check, allocate);
  } finally {
    await zip.close();
  }
}

async function arraysOf<Name extends string, Values extends Floats>(
  zip: ZipContent,
  names: readonly Name[],
  check: HeaderCheck<Name> | undefined,
  allocate: (header: NpyHeader) => Values,
): Promise<Record<Name, NpzArray<Values>>> {
  const members = names.map((name) => findMember(zip, name, names));
  const headers = {} as Record<Name, NpyHeader>;
  for (const [i, name] of names.entries()) {
    headers[name] = await headerOf(zip, members[i]!, `${name} in ${zip.path}`);
  }
  check?.(headers);
  const arrays = {} as Record<Name, NpzArray<Values>>;
  for (const [i, name] of names.entries()) {
    const header = headers[name];
    const values = allocate(header);
    await decodeMember(zip, members[i]!, header, values);
    arrays[name] = arrayOf(header, values, `${name} in ${zip.path}`);
  }
  return arrays;
}

function findMember(zip: ZipContent, name: string, names: readonly string[]): ZipMember {
  const member = zip.members.find((each) => each.name === `${name}.npy`);
  if (member) return member;
  const there = zip.members.slice(0, 8).map((each) => each.name.replace(/\.npy$/, ''));
  throw new StudyError(
    `no array '${name}' in ${zip.path}; it holds: ${there.join(', ') || 'nothing'}`,
    `save it with numpy.savez(path, ${names.map((each) => `${each}=…`).join(', ')})`,
  );
}

/** An array's header, of which no more is unpacked. @throws StudyError as `readNpz` */
async function headerOf(zip: ZipContent, member: ZipMember, path: string): Promise<NpyHeader> {
  const header = parseNpyHeader(await npyStart(zip, member, path), path);
  requireLength(header, member.size - header.dataOffset, path);
  return header;
}

/** The beginning of a member that holds all of its .npy header. */
export async function npyStart(
  zip: ZipContent,
  member: ZipMember,
  path: string,
): Promise<Uint8Array> {
  let start: Buffer = Buffer.alloc(0);
  for await (const piece of zip.pieces(member)) {
    start = Buffer.concat([start, piece.subarray(0, longestNpyHeader)]);
    if (start.length >= 12 && start.length >= npyHeaderLength(start, path)) break;
  }
  return start;
}

/** @throws StudyError if an array has other bytes than its shape asks for, none, or too many */
function requireLength({ length, dtype, shape }: NpyHeader, bytes: number, path: string): void {
  if (bytes !== length * dtype.bytes) {
    throw new StudyError(`${path} has ${bytes} bytes of data for its shape`, 'it is damaged');
  }
  if (length === 0) {
    throw new StudyError(
      `${path} is empty: its shape is (${shape.join(', ')})`,
      'save an array with at least one number',
    );
  }
  if (length > mostNumbers) {
    throw new StudyError(
      `${path} has the shape (${shape.join(', ')}): ${length} numbers`,
      `an array that is read as a whole may have ${mostNumbers}; is it the right one?`,
    );
  }
}

async function decodeMember(
  zip: ZipContent,
  member: ZipMember,
  { dataOffset, dtype }: NpyHeader,
  out: Floats,
): Promise<void> {
  let skip = dataOffset;
  let done = 0;
  // What a piece has of the next number.
  let left: Buffer = Buffer.alloc(0);
  for await (const piece of zip.pieces(member)) {
    const bytes = Buffer.concat([left, piece.subarray(skip)]);
    skip = Math.max(0, skip - piece.length);
    const whole = bytes.length - (bytes.length % dtype.bytes);
    decodeInto(bytes.subarray(0, whole), dtype, out, done);
    done += whole / dtype.bytes;
    left = bytes.subarray(whole);
  }
}

/**
 * Reads the one array of a small .npy as a whole, of any shape and type; features have
 * `openNpyRows`.
 * @param check throws where the shape or type is another than expected
 * @throws StudyError if the file is missing or damaged.
 */
export async function readNpyArray(
  path: string,
  check?: (header: NpyHeader) => void,
): Promise<NpzArray> {
  const bytes = await readWhole(path).catch((error) => {
    throw diskError(error, path);
  });
  const header = parseNpyHeader(bytes, path);
  requireLength(header, bytes.length - header.dataOffset, path);
  check?.(header);
  const values = new Float64Array(header.length);
  decodeInto(bytes.subarray(header.dataOffset), header.dtype, values);
  return arrayOf(header, values, path);
}

function arrayOf<Values extends Floats>(
  { dtype, shape, fortranOrder }: NpyHeader,
  values: Values,
  path: string,
): NpzArray<Values> {
  const inOrder = fortranOrder ? transposed(values, shape, path) : values;
  return { dtype: dtype.name, shape, values: inOrder };
}

/** C order from Fortran order. */
function transposed<Values extends Floats>(
  values: Values,
  shape: readonly number[],
  path: string,
): Values {
  const [rows = 1, columns = 1] = shape;
  if (shape.length < 2) return values;
  if (shape.length > 2) {
    throw new StudyError(`${path} is in Fortran order`, 'save numpy.ascontiguousarray(array)');
  }
  const out = values.slice() as Values;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = values[column * rows + row]!;
    }
  }
  return out;
}
