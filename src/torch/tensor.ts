import { StudyError } from '../errors.ts';

/** Element types, by the storage class that PyTorch names. */
export type TorchType = 'float32' | 'int64';

const elementBytes = { float32: 4, int64: 8 } satisfies Record<TorchType, number>;

/** A run of elements in the file, which one or more tensors view. */
export interface TorchStorage {
  readonly key: string;
  readonly type: TorchType;
  /** Number of elements. */
  readonly length: number;
  /** Little-endian elements, a view of the file; undefined if the file ends before. */
  bytes: Uint8Array | undefined;
}

/** Bytes of a storage's elements. */
export function byteLength({ type, length }: TorchStorage): number {
  return length * elementBytes[type];
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
 * A float32 tensor's values in row-major order, in an array of their own, whatever its strides.
 *
 * @throws StudyError if the tensor is of another type or shape, or its storage is missing
 */
export function tensorValues(
  { storage, offset, shape, strides }: TorchTensor,
  expected: readonly number[],
  name: string,
): Float32Array {
  if (storage.type !== 'float32' || String(shape) !== String(expected)) {
    throw new StudyError(
      `tensor ${name} is ${storage.type} [${shape}], not float32 [${expected}]`,
      'are these the weights of this network?',
    );
  }
  if (!storage.bytes) {
    throw new StudyError(
      `the values of tensor ${name} are missing: file cut`,
      'the file ends before them: get the whole of it again',
    );
  }
  // A copy where the file's own bytes are not aligned; a Buffer's slice() would be none.
  const bytes = storage.bytes.byteOffset % 4 === 0 ? storage.bytes : new Uint8Array(storage.bytes);
  const source = new Float32Array(bytes.buffer, bytes.byteOffset, storage.length);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  // The innermost axis in a loop of its own; the others count like an odometer.
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const outer = shape.slice(0, -1).map(() => 0);
  for (let to = 0, from = offset; to < values.length; ) {
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
