import { StudyError } from '../src/errors.ts';
import { floatsOf, npyFloats } from './npy.ts';

/** The largest array that is unpacked: a covariance of 8,192 dimensions. */
const MOST_BYTES = 2 ** 29 + 65_536;

/** An array of floats. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * Arrays of an .npz by name; what is not asked for is not unpacked.
 *
 * @throws StudyError for another file, or one that lacks an array
 */
export async function arraysOf(file: Blob, names: readonly string[], path: string) {
  const entries = await directoryOf(file, path);
  const arrays: Record<string, FloatArray> = {};
  for (const name of names) {
    const entry = entries.get(`${name}.npy`);
    if (!entry) {
      const held = [...entries.keys()].slice(0, 10).join(', ');
      throw new StudyError(
        `${path} has no ${name}, but ${held}`,
        'drop statistics: an .npz with mu [d] and sigma [d, d]',
      );
    }
    arrays[name] = await arrayOf(file, entry, `${name} in ${path}`);
  }
  return arrays;
}

interface Entry {
  readonly at: number;
  readonly packed: number;
  readonly size: number;
  readonly isDeflated: boolean;
}

const damaged = (path: string) =>
  new StudyError(`${path} is not an .npz, or is damaged`, 'write it with numpy.savez');

/** The entries that the end of a zip lists. */
async function directoryOf(file: Blob, path: string): Promise<Map<string, Entry>> {
  const tail = await bytesOf(file, Math.max(0, file.size - 65_557), file.size);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw damaged(path);
  const [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (start + size > file.size) throw damaged(path);
  const list = await bytesOf(file, start, start + size);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= list.byteLength; ) {
    if (list.getUint32(at, true) !== 0x02014b50) throw damaged(path);
    const [length, extra, comment] = [28, 30, 32].map((i) => list.getUint16(at + i, true));
    const name = new TextDecoder().decode(new Uint8Array(list.buffer, at + 46, length));
    entries.set(name, {
      isDeflated: list.getUint16(at + 10, true) === 8,
      packed: list.getUint32(at + 20, true),
      size: list.getUint32(at + 24, true),
      at: list.getUint32(at + 42, true),
    });
    at += 46 + length! + extra! + comment!;
  }
  return entries;
}

async function arrayOf(file: Blob, entry: Entry, name: string): Promise<FloatArray> {
  const { at, packed, size, isDeflated } = entry;
  if (size > MOST_BYTES) throw new StudyError(`${name} has ${size} bytes`, 'it is too large');
  const head = await bytesOf(file, at, at + 30);
  if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) throw damaged(name);
  const from = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const stored = file.slice(from, from + packed);
  const data = isDeflated ? await inflated(stored, size, name) : await stored.arrayBuffer();
  const header = npyFloats(new DataView(data), name);
  const length = header.shape.reduce((product, extent) => product * extent, 1);
  const end = header.dataOffset + length * header.bytesEach;
  if (end > data.byteLength) throw damaged(name);
  return { shape: header.shape, values: floatsOf(data.slice(header.dataOffset, end), header) };
}

/** Unpacked bytes, no more than the directory says: a small file may claim to be small and be huge. */
async function inflated(packed: Blob, size: number, name: string): Promise<ArrayBuffer> {
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const bytes = new Uint8Array(size);
  let done = 0;
  for (;;) {
    const { value, done: isEnd } = await reader.read();
    if (isEnd) break;
    if (done + value.length > size) throw damaged(name);
    bytes.set(value, done);
    done += value.length;
  }
  if (done < size) throw damaged(name);
  return bytes.buffer;
}

async function bytesOf(file: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await file.slice(from, to).arrayBuffer());
}
