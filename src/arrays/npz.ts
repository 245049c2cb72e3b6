import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { StudyError } from '../errors.ts';
import { diskError, writeAtomically } from './disk.ts';
import { decodeInto } from './dtype.ts';
import { formatNpyHeader, type NpyHeader, parseNpyHeader } from './npy-header.ts';
import { openZip } from './zip.ts';

/** An array of an .npz in C order; values of any type become float64. */
export interface NpzArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * Reads the named arrays of an .npz (stored or deflated).
 * @throws StudyError where the file is damaged or an array is missing.
 */
export async function readNpz<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Record<Name, NpzArray>> {
  const zip = await openZip(path);
  try {
    const arrays: Partial<Record<Name, NpzArray>> = {};
    for (const name of names) {
      const member = zip.members.find((each) => each.name === `${name}.npy`);
      if (!member) {
        const there = zip.members.map((each) => each.name.replace(/\.npy$/, '')).slice(0, 8);
        throw new StudyError(
          `no array '${name}' in ${path}; it holds: ${there.join(', ') || 'nothing'}`,
          `save it with numpy.savez(path, ${names.map((each) => `${each}=…`).join(', ')})`,
        );
      }
      arrays[name] = arrayOf(await zip.read(member), `${name} in ${path}`);
    }
    return arrays as Record<Name, NpzArray>;
  } finally {
    await zip.close();
  }
}

/**
 * Reads the one array of a small .npy as a whole, of any shape and type; features have
 * `openNpyRows`.
 * @throws StudyError where the file is missing or damaged.
 */
export async function readNpyArray(path: string): Promise<NpzArray> {
  const bytes = await readFile(path).catch((error) => {
    throw diskError(error, path);
  });
  return arrayOf(bytes, path);
}

function arrayOf(bytes: Uint8Array, path: string): NpzArray {
  const header = parseNpyHeader(bytes, path);
  const data = bytes.subarray(header.dataOffset);
  if (data.length !== header.length * header.dtype.bytes) {
    throw new StudyError(`${path} has ${data.length} bytes of data for its shape`, 'it is damaged');
  }
  const values = new Float64Array(header.length);
  decodeInto(data, header.dtype, values);
  const inOrder = header.fortranOrder ? transposed(values, header, path) : values;
  return { dtype: header.dtype.name, shape: header.shape, values: inOrder };
}

/** C order from Fortran order. */
function transposed(values: Float64Array, { shape }: NpyHeader, path: string): Float64Array {
  const [rows = 1, columns = 1] = shape;
  if (shape.length < 2) return values;
  if (shape.length > 2) {
    throw new StudyError(`${path} is in Fortran order`, 'save numpy.ascontiguousarray(array)');
  }
  const out = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = values[column * rows + row]!;
    }
  }
  return out;
}

/**
 * Writes arrays as an .npz that `numpy.load` reads. Stored, not deflated, and without a date: the
 * same arrays give the same bytes with any zlib, on any day and in any time zone.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeNpz(
  path: string,
  arrays: Readonly<
    Record<string, { shape: readonly number[]; values: Float32Array | Float64Array | Uint8Array }>
  >,
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, { shape, values }] of Object.entries(arrays)) {
    const type =
      values instanceof Float32Array ? 'f4' : values instanceof Float64Array ? 'f8' : 'u1';
    const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const bytes = Buffer.concat([formatNpyHeader(type, shape), data]);
    // The epoch is before DOS time began and is clamped to its start, in any time zone.
    const fixed = { mtime: new Date(0), forceDosTimestamp: true, mode: 0o100644 };
    zip.addBuffer(bytes, `${name}.npy`, { ...fixed, compress: false });
  }
  zip.end();
  const packed = await buffer(zip.outputStream);
  await writeAtomically(path, (file) => writeFile(file, packed));
}
