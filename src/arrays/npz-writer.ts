import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { StudyError } from '../errors.ts';
import { writeAtomically } from './disk.ts';
import { formatNpyHeader, npyHeaderBytes } from './npy-header.ts';
import { mostBytes } from './regular-file.ts';

/** An array to be written. */
export interface WrittenArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Uint8Array;
}

/** What an .npz may hold: arrays, and whole numbers, booleans and texts as arrays of no axis. */
export type Written = WrittenArray | number | boolean | string;

/**
 * Writes arrays as an .npz that `numpy.load` reads. Stored, not deflated, and without a date: the
 * same arrays give the same bytes with any zlib, on any day and in any time zone.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, Written>>,
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, array] of Object.entries(arrays)) {
    const { header, data } = encoded(array);
    if (data.byteLength + npyHeaderBytes >= mostBytes) {
      throw new StudyError(
        `${name} of ${path} would have ${data.byteLength} bytes`,
        `an array of an .npz is written below ${mostBytes} bytes`,
      );
    }
    const bytes = Buffer.concat([header, data]);
    // The epoch is before DOS time began and is clamped to its start, in any time zone.
    const fixed = { mtime: new Date(0), forceDosTimestamp: true, mode: 0o100644 };
    zip.addBuffer(bytes, `${name}.npy`, { ...fixed, compress: false });
  }
  zip.end();
  const packed = await buffer(zip.outputStream);
  await writeAtomically(path, (file) => writeFile(file, packed));
}

function encoded(array: Written): { header: Uint8Array; data: Buffer } {
  switch (typeof array) {
    case 'boolean':
      return { header: formatNpyHeader('b1', []), data: Buffer.from([Number(array)]) };
    case 'number': {
      const data = Buffer.alloc(8);
      data.writeBigInt64LE(BigInt(array));
      return { header: formatNpyHeader('i8', []), data };
    }
    case 'string': {
      // NumPy's texts are of UTF-32, a number each.
      const points = [...array].map((letter) => letter.codePointAt(0)!);
      const data = Buffer.from(Uint32Array.from(points).buffer);
      return { header: formatNpyHeader(`U${points.length}`, []), data };
    }
    default: {
      const { shape, values } = array;
      const type =
        values instanceof Float32Array ? 'f4' : values instanceof Float64Array ? 'f8' : 'u1';
      const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      return { header: formatNpyHeader(type, shape), data };
    }
  }
}
