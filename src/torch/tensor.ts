import { type DtypeName, decodeInto, dtypeOf, isFloating } from '../arrays/dtype.ts';
import { StudyError } from '../errors.ts';

/** A run of elements in the file, which one or more tensors view. */
export interface TorchStorage {
  readonly key: string;
  readonly type: DtypeName;
  /** Number of elements. */
  readonly length: number;
  /** Little-endian elements; undefined if they were not read, or the file ends before. */
  bytes: Uint8Array | undefined;
}

/** Bytes of a storage's elements. */
export function byteLength({ type, length }: TorchStorage): number {
  return length * dtypeOf(type).bytes;
}

/** A tensor as a view of its storage: element (i, j, …) is at offset + i · strides[0] + … */
export interface TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  /** In elements; often not those of row-major order. */
  readonly strides: readonly number[];
}

/**
 * A weight's values as float32 in row-major order, in an array of their own, whatever its strides.
 * Halves are converted; float64 is rounded.
 *
 * @throws StudyError if the tensor is of another shape, not of floats, or its storage is missing
 */
export function tensorValues(
  tensor: TorchTensor,
  expected: readonly number[],
  name: string,
): Float32Array {
  const { storage, shape } = tensor;
  if (!isFloating({ name: storage.type }) || String(shape) !== String(expected)) {
    throw new StudyError(
      `tensor ${name} is ${storage.type} [${shape}], not float32 [${expected}]`,
      'are these the weights of this network?',
    );
  }
  return gathered(tensor, name, (length) => new Float32Array(length));
}

/**
 * A tensor's values in row-major order: as float64 where it has more digits than float32.
 *
 * @throws StudyError if its storage is missing
 */
export function tensorFloats(tensor: TorchTensor, name: string): Float32Array | Float64Array {
  const { name: type, bytes } = dtypeOf(tensor.storage.type);
  const isSingle = type === 'float32' || bytes <= 2;
  return gathered<Float32Array | Float64Array>(tensor, name, (length) =>
    isSingle ? new Float32Array(length) : new Float64Array(length),
  );
}

function gathered<Values extends Float32Array | Float64Array>(
  { storage, offset, shape, strides }: TorchTensor,
  name: string,
  allocate: (length: number) => Values,
): Values {
  if (!storage.bytes) {
    throw new StudyError(
      `the values of tensor ${name} are missing: file cut`,
      'the file ends before them: get the whole of it again',
    );
  }
  const dtype = dtypeOf(storage.type);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = allocate(count);
  if (count === 0) return values;
  const last = shape.reduce((sum, each, axis) => sum + (each - 1) * strides[axis]!, offset);
  // The part of the storage that the tensor views.
  const bytes = storage.bytes.subarray(offset * dtype.bytes, (last + 1) * dtype.bytes);
  if (isRowMajor(shape, strides)) {
    decodeInto(bytes, dtype, values);
    return values;
  }
  const source = allocate(last + 1 - offset);
  decodeInto(bytes, dtype, source);
  // The innermost axis in a loop of its own; the others count like an odometer.
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const outer = shape.slice(0, -1).map(() => 0);
  for (let to = 0, from = 0; to < count; ) {
    for (let i = 0; i < inner; i += 1) values[to++] = source[from + i * step]!;
    for (let axis = outer.length - 1; axis >= 0; axis -= 1) {
      from += strides[axis]!;
      outer[axis]! += 1;
      if (outer[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      outer[axis] = 0;
    }
  }
  return values;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let wanted = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis]! > 1 && strides[axis] !== wanted) return false;
    wanted *= shape[axis]!;
  }
  return true;
}
