import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';

type Codec = (packed: Uint8Array, size: number) => Uint8Array;

/** zlib's own, which stop at the size that a page states; and hyparquet's, which are given it. */
const codecs: Readonly<Record<string, Codec>> = {
  UNCOMPRESSED: (packed) => packed,
  GZIP: (packed, size) => gunzipSync(packed, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (packed, size) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, size) }),
  SNAPPY: (packed, size) => compressors.SNAPPY!(packed, size),
  LZ4: (packed, size) => compressors.LZ4!(packed, size),
  LZ4_RAW: (packed, size) => compressors.LZ4_RAW!(packed, size),
  ZSTD(packed, size) {
    requireZstdSize(packed, size);
    return compressors.ZSTD!(packed, size);
  },
};

/** @throws Error if they cannot be unpacked, or are not of that size */
export function unpack(codec: string, packed: Uint8Array, size: number): Uint8Array {
  const unpacked = codecs[codec];
  if (!unpacked) throw new Error(`it is compressed by ${codec}, which is not known`);
  if (size === 0) return new Uint8Array(0);
  const bytes = unpacked(packed, size);
  if (bytes.length !== size) throw new Error(`a page has ${bytes.length} bytes, not ${size}`);
  return bytes;
}

const zstdMagic = 0xfd2fb528;
/** No block of zstd gives more. */
const mostOfBlock = 2 ** 17;

/**
 * A block of 4 bytes may give 128 KiB, and the decoder does not ask how much is expected: the headers
 * of the blocks say how much it can be at most.
 *
 * Format: RFC 8878, https://www.rfc-editor.org/rfc/rfc8878
 *
 * @throws Error if a frame states more than `size`, or its blocks could give far more
 */
function requireZstdSize(packed: Uint8Array, size: number): void {
  const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (view.readUInt32LE(0) !== zstdMagic) throw new Error('a page is no frame of zstd');
  const flags = view[4]!;
  const isSingle = (flags & 0x20) !== 0;
  const idBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  let at = 5 + (isSingle ? 0 : 1) + idBytes;
  const isStated = sizeBytes > 0;
  const stated =
    sizeBytes === 8
      ? Number(view.readBigUInt64LE(at))
      : sizeBytes > 0
        ? view.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
        : 0;
  if (isStated && stated !== size) throw new Error(`a page states ${stated} bytes, not ${size}`);
  // The window is what a decoder allocates where no size is stated.
  if (!isStated && 2 ** (10 + (view[5]! >> 3)) > Math.max(2 ** 23, 2 * size)) {
    throw new Error('a page asks for too large a window');
  }
  at += sizeBytes;
  for (let most = 0, last = false; !last; ) {
    const head = view.readUIntLE(at, 3);
    last = (head & 1) === 1;
    const type = (head >> 1) & 3;
    const length = head >> 3;
    most += type === 2 ? 0 : length;
    if (length > mostOfBlock || most > size) throw new Error('a page gives more than it states');
    at += 3 + (type === 1 ? 1 : length);
  }
}
