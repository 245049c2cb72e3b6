import { closeSync } from 'node:fs';
import { z } from 'zod';
import { diskError } from '../arrays/disk.ts';
import { type DtypeName, decodeInto, dtypeOf, isFloating } from '../arrays/dtype.ts';
import { checked, objectOf, parseJson, requireSingleKeys } from '../arrays/json.ts';
import { longestOfUsers, openRegularSync, readFully } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { shown } from './cursor.ts';

type Floats = Float32Array | Float64Array;

/** One tensor of a safetensors file: its place, not yet its values. */
export interface SafeTensor {
  /** As the format names it: `F32`, `BF16`, `I64`, … */
  readonly type: SafeType;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly length: number;
  /** Its first byte in the file. */
  readonly start: number;
}

/**
 * The tensors of a safetensors file. Values are read when asked for, so a file may be larger than
 * memory. Reads are synchronous, as of `openNpyRows`.
 */
export interface SafeTensors {
  readonly path: string;
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** The free texts under `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * Elements `first` to `first + out.length` of a tensor, row-major; rounded to the nearest if `out` is
   * narrower.
   *
   * @throws StudyError unless the tensor is there and has floating values
   */
  readInto<Out extends Floats>(name: string, first: number, out: Out): Out;
  /**
   * All values of a tensor of one shape, as float32.
   *
   * @throws StudyError if the tensor is missing, of another shape, or has no floating values
   */
  values(name: string, shape: readonly number[]): Float32Array<ArrayBuffer>;
}

/** An open safetensors file. */
export interface SafeTensorsFile extends SafeTensors {
  close(): void;
}

/** The types of the format, as NumPy has them; those of one byte that it lacks are as bytes. */
const types = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  F8_E5M2: 'uint8',
  F8_E4M3: 'uint8',
  I16: 'int16',
  U16: 'uint16',
  F16: 'float16',
  BF16: 'bfloat16',
  I32: 'int32',
  U32: 'uint32',
  F32: 'float32',
  F64: 'float64',
  I64: 'int64',
  U64: 'uint64',
} as const satisfies Record<string, DtypeName>;
export type SafeType = keyof typeof types;

/** How its elements lie in the file. */
export function elementType(type: SafeType): DtypeName {
  return types[type];
}

/** The name of a type in NumPy; the format's own if NumPy has none. */
export function dtypeName(type: SafeType): DtypeName | SafeType {
  return type.startsWith('F8') ? type : types[type];
}

/** ViT-L has 439 tensors, the largest language models some ten thousand. */
const mostTensors = 65_536;

/** Elements that are decoded at a time: 1 MiB of float32. */
const step = 2 ** 18;

const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(types) as [SafeType, ...SafeType[]]),
  shape: z.array(z.int().min(0)).max(16),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());

/**
 * Opens a safetensors file: 8 bytes with the header's length, the header in JSON, then the values,
 * little-endian and row-major. Nothing in it is run.
 *
 * Source of the format: https://huggingface.co/docs/safetensors
 *
 * @throws StudyError if the file cannot be read, its header is damaged or too long, or its tensors do
 *   not fill the rest of it without gap and overlap
 */
export function openSafetensors(path: string): SafeTensorsFile {
  const { fd, size } = open(path);
  const read = (out: Uint8Array, position: number) => readFully(fd, out, position, path);
  try {
    return { ...tensorsOf({ size, read }, path), close: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The same of a whole file in memory. @param path for messages */
export function safetensorsOf(file: Uint8Array, path: string): SafeTensors {
  const read = (out: Uint8Array, position: number) =>
    out.set(file.subarray(position, position + out.length));
  return tensorsOf({ size: file.length, read }, path);
}

/** Whether a file begins like one of safetensors: a length, and JSON with a key or nothing in it. */
export function looksLikeSafetensors(head: Uint8Array): boolean {
  if (head.length < 10) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const begins = Buffer.from(head.subarray(8, 64)).toString('latin1');
  return view.getBigUint64(0, true) <= longestOfUsers && /^\{\s*["}]/.test(begins);
}

/** Bytes that are read by positions; each read is within the size. */
interface Positions {
  readonly size: number;
  read(out: Uint8Array, position: number): void;
}

function tensorsOf(file: Positions, path: string): SafeTensors {
  const { tensors, metadata } = readHeader(file, path);
  return { ...readersOf(file, path, tensors), path, tensors, metadata };
}

function open(path: string) {
  try {
    return openRegularSync(path);
  } catch (error) {
    throw diskError(error, path);
  }
}

function readersOf(
  file: Positions,
  path: string,
  tensors: SafeTensors['tensors'],
): Pick<SafeTensors, 'readInto' | 'values'> {
  const find = (name: string) => {
    const tensor = tensors.get(name);
    if (tensor) return tensor;
    throw new StudyError(`tensor ${name} is missing in ${path}`, 'is this the right file?');
  };

  function readInto<Out extends Floats>(name: string, first: number, out: Out): Out {
    const { type, length, start } = find(name);
    const dtype = dtypeOf(types[type]);
    if (!isFloating(dtype)) {
      throw new StudyError(
        `tensor ${name} of ${path} is ${type}; F16, BF16, F32 and F64 are read`,
        'save it as float32',
      );
    }
    if (!(first >= 0 && first + out.length <= length)) {
      throw new RangeError(`elements ${first} to ${first + out.length} of ${length}: ${name}`);
    }
    const bytes = new Uint8Array(Math.min(step, out.length) * dtype.bytes);
    for (let done = 0; done < out.length; ) {
      const some = Math.min(step, out.length - done);
      const raw = bytes.subarray(0, some * dtype.bytes);
      file.read(raw, start + (first + done) * dtype.bytes);
      decodeInto(raw, dtype, out, done);
      done += some;
    }
    return out;
  }

  return {
    readInto,
    values(name, shape) {
      const tensor = find(name);
      if (String(tensor.shape) !== String(shape)) {
        throw new StudyError(
          `tensor ${name} of ${path} is [${tensor.shape}], not [${shape}]`,
          'are these the weights of this network?',
        );
      }
      return readInto(name, 0, new Float32Array(tensor.length));
    },
  };
}

function readHeader({ size, read }: Positions, path: string) {
  if (size < 10) throw damaged(path, `it has ${size} bytes`);
  const start = new Uint8Array(8);
  read(start, 0);
  const length = new DataView(start.buffer).getBigUint64(0, true);
  if (length > BigInt(Math.min(size - 8, longestOfUsers))) {
    throw damaged(path, `its header would have ${length} bytes`);
  }
  const text = new Uint8Array(Number(length));
  read(text, 8);
  const json = decode(text, path);
  const where = `the header of ${path}`;
  const header = objectOf(parseJson(json, where, hint), `${where} is no object`, hint);
  requireSingleKeys(json, where, hint);
  return checkedHeader(header, 8 + text.length, size, path);
}

function checkedHeader(
  header: Readonly<Record<string, unknown>>,
  dataStart: number,
  size: number,
  path: string,
) {
  const { __metadata__: free = {}, ...entries } = header;
  const metadata = new Map(
    Object.entries(checked(free, metadataSchema, `the metadata of ${path} are no texts`, hint)),
  );
  const named = Object.entries(entries);
  if (named.length > mostTensors) throw damaged(path, `it has ${named.length} tensors`);
  const tensors = new Map<string, SafeTensor>();
  const places: [start: number, end: number][] = [];
  for (const [name, value] of named) {
    const what = `tensor ${shown(name)} of ${path}`;
    const entry = checked(value, entrySchema, `${what} is described wrongly`, hint);
    const [from, to] = entry.data_offsets;
    // Bytes of the shape; beyond the file's own, a product may lose its last digits.
    const bytes = entry.shape.reduce(
      (product, each) => product * each,
      dtypeOf(types[entry.dtype]).bytes,
    );
    if (to - from !== bytes || to > size - dataStart) {
      throw damaged(
        path,
        `${entry.dtype} [${entry.shape}] ${shown(name)} lies from ${from} to ${to}`,
      );
    }
    places.push([from, to]);
    tensors.set(name, {
      type: entry.dtype,
      shape: entry.shape,
      length: bytes / dtypeOf(types[entry.dtype]).bytes,
      start: dataStart + from,
    });
  }
  requireFilled(places, size - dataStart, path);
  return { tensors, metadata };
}

/** As the format demands: no byte belongs to two tensors, and none to nobody. */
function requireFilled(places: [start: number, end: number][], size: number, path: string): void {
  let end = 0;
  for (const [from, to] of places.sort(([a, b], [c, d]) => a - c || b - d)) {
    if (from !== end) throw damaged(path, `its tensors have a gap or an overlap at byte ${end}`);
    end = to;
  }
  if (end !== size) throw damaged(path, `it has ${size} bytes of values; its tensors take ${end}`);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged(path, 'its header is not UTF-8', { cause });
  }
}

const hint = 'it may be cut or damaged: get the whole of it again';

function damaged(path: string, why: string, options?: ErrorOptions): StudyError {
  return new StudyError(`unreadable safetensors file ${path}: ${why}`, hint, options);
}
