import type { TensorProto } from './schema.ts';

/** Element types that we use, with their ONNX codes (`TensorProto.DataType`). */
export const elementCodes = {
  float32: 1,
  uint8: 2,
  int64: 7,
  float64: 11,
} as const;

export type ElementType = keyof typeof elementCodes;

/** The elements of a tensor; the array's class is the element type. */
export type TensorData = Float32Array | Uint8Array | BigInt64Array | Float64Array;

/** The element type of an array, from its class. */
export function elementType(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof BigInt64Array) return 'int64';
  return 'uint8';
}

/**
 * A tensor that views `data` without copying it; encoding the model makes the only copy. `raw_data` is
 * little-endian, like every machine that Node 20 and onnxruntime both run on.
 *
 * @param dims shape, row-major; `[]` for a scalar
 * @throws Error if the shape and the number of elements differ
 */
export function tensor(data: TensorData, dims: readonly number[], name?: string): TensorProto {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count !== data.length) {
    throw new Error(`tensor ${name ?? ''} [${dims}] needs ${count} elements; got ${data.length}`);
  }
  return {
    ...(name !== undefined && { name }),
    dims: [...dims],
    dataType: elementCodes[elementType(data)],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/**
 * The elements of a tensor, in a new array.
 *
 * @throws Error if the type is unsupported, or bytes and shape disagree
 */
export function tensorData(proto: TensorProto): TensorData {
  // Not slice(): decoding gives Buffers, whose slice would keep the whole file in memory.
  const bytes = new Uint8Array(proto.rawData ?? []).buffer;
  const count = proto.dims.reduce((product, dim) => product * dim, 1);
  const width = proto.dataType === 2 ? 1 : proto.dataType === 1 ? 4 : 8;
  if (bytes.byteLength !== count * width) {
    throw new Error(
      `tensor ${proto.name ?? ''} [${proto.dims}] needs ${count * width} bytes; got ${bytes.byteLength}`,
    );
  }
  switch (proto.dataType) {
    case elementCodes.float32:
      return new Float32Array(bytes);
    case elementCodes.float64:
      return new Float64Array(bytes);
    case elementCodes.int64:
      return new BigInt64Array(bytes);
    case elementCodes.uint8:
      return new Uint8Array(bytes);
    default:
      throw new Error(`unknown element type ${proto.dataType} of tensor ${proto.name ?? ''}`);
  }
}
