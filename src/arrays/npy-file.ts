import { closeSync } from 'node:fs';
import { StudyError } from '../errors.ts';
import { diskError } from './disk.ts';
import { decodeInto } from './dtype.ts';
import { type NpyHeader, npyHeaderLength, parseNpyHeader } from './npy-header.ts';
import { openRegularSync, readFully } from './regular-file.ts';

type Floats = Float32Array | Float64Array;

/**
 * An open .npy of two dimensions, read by positions: the file is never in memory as a whole. Reads
 * are synchronous, for the page cache answers in microseconds and workers have nothing else to do.
 */
export interface NpyRows {
  readonly path: string;
  readonly header: NpyHeader;
  readonly rows: number;
  readonly dimension: number;
  /** Rows `start` to `start + count` into `out`, row-major. */
  readBlock(start: number, count: number, out: Floats): void;
  /** Row `indices[i]` into row i of `out`, in any order; quickest where the indices ascend. */
  readRows(indices: Uint32Array, out: Floats): void;
  close(): void;
}

// One read covers at most this much: a scratch buffer that stays in the second-level cache's reach.
const blockBytes = 1 << 22;
// Reading a few unwanted rows costs less than another system call.
const largestGap = 4;

/**
 * Opens a two-dimensional .npy for reading rows.
 * @throws StudyError for a missing or damaged file, another number of dimensions, Fortran order.
 */
export function openNpyRows(path: string): NpyRows {
  const { fd, size } = openForReading(path);
  try {
    return rowsOf(fd, size, path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function rowsOf(fd: number, size: number, path: string): NpyRows {
  const header = readHeader(fd, size, path);
  const [rows, dimension] = header.shape;
  if (header.shape.length !== 2 || rows === undefined || dimension === undefined) {
    throw new StudyError(
      `${path} has the shape (${header.shape.join(', ')}); features are [images, dimension]`,
      'save an array of two dimensions',
    );
  }
  if (header.length === 0) {
    throw new StudyError(
      `${path} is empty: its shape is (${rows}, ${dimension})`,
      'save an array with at least one row and one column',
    );
  }
  if (header.fortranOrder && rows > 1 && dimension > 1) {
    throw new StudyError(
      `${path} is in Fortran order, so that its rows are scattered`,
      'save it with numpy.save(path, numpy.ascontiguousarray(array))',
    );
  }
  const rowBytes = dimension * header.dtype.bytes;
  const blockRows = Math.max(1, Math.floor(blockBytes / Math.max(1, rowBytes)));
  let scratch: Uint8Array | undefined;

  /** Reads rows `start` to `start + count` as they are in the file; valid until the next call. */
  function raw(start: number, count: number): Uint8Array {
    scratch ??= new Uint8Array(blockRows * rowBytes);
    const bytes = scratch.subarray(0, count * rowBytes);
    readFully(fd, bytes, header.dataOffset + start * rowBytes, path);
    return bytes;
  }

  function checkRange(start: number, count: number): void {
    if (!(start >= 0 && count >= 0 && start + count <= rows!)) {
      throw new RangeError(`rows ${start} to ${start + count} of ${rows} in ${path}`);
    }
  }

  function readBlock(start: number, count: number, out: Floats, outRow = 0): void {
    checkRange(start, count);
    for (let done = 0; done < count; ) {
      const some = Math.min(blockRows, count - done);
      decodeInto(raw(start + done, some), header.dtype, out, (outRow + done) * dimension!);
      done += some;
    }
  }

  function readRows(indices: Uint32Array, out: Floats): void {
    const order = ascending(indices);
    for (let i = 0; i < order.length; ) {
      const first = indices[order[i]!]!;
      let end = i + 1;
      let last = first;
      for (; end < order.length; end++) {
        const next = indices[order[end]!]!;
        if (next - last > largestGap || next - first >= blockRows) break;
        last = next;
      }
      checkRange(first, last - first + 1);
      const bytes = raw(first, last - first + 1);
      for (; i < end; i++) {
        const from = (indices[order[i]!]! - first) * rowBytes;
        const row = bytes.subarray(from, from + rowBytes);
        decodeInto(row, header.dtype, out, order[i]! * dimension!);
      }
    }
  }

  return {
    path,
    header,
    rows,
    dimension,
    readBlock: (start, count, out) => readBlock(start, count, out),
    readRows,
    close: () => closeSync(fd),
  };
}

/** Positions in `indices` by ascending index; the positions as they are if they ascend already. */
function ascending(indices: Uint32Array): Uint32Array {
  const order = Uint32Array.from(indices, (_, i) => i);
  const sorted = indices.every((index, i) => i === 0 || indices[i - 1]! <= index);
  return sorted ? order : order.sort((a, b) => indices[a]! - indices[b]!);
}

function openForReading(path: string): { fd: number; size: number } {
  try {
    return openRegularSync(path);
  } catch (error) {
    throw diskError(error, path);
  }
}

/** Reads and checks the header, and that the file holds just the bytes its shape asks for. */
function readHeader(fd: number, size: number, path: string): NpyHeader {
  const start = new Uint8Array(Math.min(12, size));
  readFully(fd, start, 0, path);
  const bytes = new Uint8Array(Math.min(npyHeaderLength(start, path), size));
  readFully(fd, bytes, 0, path);
  const header = parseNpyHeader(bytes, path);
  const wanted = header.dataOffset + header.length * header.dtype.bytes;
  if (size !== wanted) {
    const hint =
      size < wanted
        ? 'the file is truncated; write it again'
        : 'more than one array was saved into it; save one array per file';
    throw new StudyError(
      `${path} has ${size} bytes; its shape (${header.shape.join(', ')}) needs ${wanted}`,
      hint,
    );
  }
  return header;
}
