/** A tensor to write: its values' bytes, little-endian. */
export interface Written {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The bytes of a safetensors file, as its library lays them out: the header padded to 8 bytes. */
export function safeFile(
  tensors: Readonly<Record<string, Written>>,
  metadata?: Readonly<Record<string, string>>,
): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const start = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  const header = { ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(entries) };
  const values = Object.values(tensors).map(({ bytes }) => bytes);
  return safeFileOf(JSON.stringify(header), Buffer.concat(values));
}

/** The same with any header. */
export function safeFileOf(header: string, values: Uint8Array): Buffer {
  const text = Buffer.from(header);
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, values]);
}

/** A float32 tensor to write. */
export function float32(shape: readonly number[], values: ArrayLike<number>): Written {
  const array = Float32Array.from(values);
  return { dtype: 'F32', shape, bytes: new Uint8Array(array.buffer) };
}
