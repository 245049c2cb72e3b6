/** The element types that this package reads, by NumPy's names; NumPy has no bfloat16, PyTorch has. */
export type DtypeName =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64';

export interface Dtype {
  readonly name: DtypeName;
  /** Bytes an element. */
  readonly bytes: number;
  readonly bigEndian: boolean;
}

const names: Readonly<Record<string, DtypeName>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Reads a `descr` such as `<f4` or `|u1`; undefined for anything but the types above. */
export function parseDtype(descr: string): Dtype | undefined {
  const match = /^([<>|=])([a-z]\d)$/.exec(descr);
  const name = names[match?.[2] ?? ''];
  if (!match || !name) return undefined;
  return { name, bytes: Number(match[2]?.[1]), bigEndian: match[1] === '>' };
}

export function isFloating(dtype: Pick<Dtype, 'name'>): boolean {
  return dtype.name.includes('float');
}

/** A little-endian type. */
export function dtypeOf(name: DtypeName): Dtype {
  return { name, bytes: views[name].BYTES_PER_ELEMENT, bigEndian: false };
}

const views = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/**
 * Decodes the elements in `bytes` into `out` from `offset` on. int64 beyond 2^53, and float64 into
 * a Float32Array, are rounded to the nearest.
 */
export function decodeInto(
  bytes: Uint8Array,
  dtype: Dtype,
  out: Float32Array | Float64Array,
  offset = 0,
): void {
  const aligned = bytes.byteOffset % dtype.bytes === 0 && !dtype.bigEndian;
  const own = aligned ? bytes : new Uint8Array(bytes);
  if (dtype.bigEndian) swapInPlace(own, dtype.bytes);
  const view = new views[dtype.name](
    own.buffer as ArrayBuffer,
    own.byteOffset,
    own.length / dtype.bytes,
  );
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    for (let i = 0; i < view.length; i++) out[offset + i] = Number(view[i]);
  } else if (dtype.name === 'float16') {
    const values = float16Values();
    for (let i = 0; i < view.length; i++) out[offset + i] = values[view[i]!]!;
  } else if (dtype.name === 'bfloat16') {
    // The upper half of a float32.
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    for (let i = 0; i < view.length; i++) {
      bits[0] = view[i]! << 16;
      out[offset + i] = value[0]!;
    }
  } else {
    out.set(view, offset);
  }
}

let halves: Float32Array | undefined;

/** The 65,536 values of IEEE half precision by bit pattern (Node 20 has no Float16Array). */
export function float16Values(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits));
  return halves;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function swapInPlace(bytes: Uint8Array, width: number): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) view.swap16();
  if (width === 4) view.swap32();
  if (width === 8) view.swap64();
}
