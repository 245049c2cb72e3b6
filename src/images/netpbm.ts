import type { DecodedImage } from './source.ts';

/**
 * Decodes a PGM or PPM (sharp's prebuilt library has no reader for them): P5 and P6, and their
 * plain-text forms P2 and P3, of 8 or 16 bits. `decodeImage` names the file in what this throws.
 */
export function decodeNetpbm(bytes: Uint8Array): DecodedImage {
  const { kind, width, height, largest, reader } = readHeader(bytes);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  if (width < 1 || height < 1 || largest < 1 || largest > 65535) {
    throw new Error(`netpbm of ${width} × ${height}, largest value ${largest}, is damaged`);
  }
  // Even in plain text, a value takes a byte at least: no more is allocated than the file can fill.
  if (count > bytes.length) throw new Error(`netpbm of ${width} × ${height} is truncated`);
  const values =
    kind > 3
      ? binary(bytes.subarray(reader.position + 1), count, largest > 255 ? 2 : 1)
      : Uint16Array.from({ length: count }, () => reader.next());
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const value = values[channels === 3 ? i : Math.floor(i / 3)]!;
    data[i] = Math.min(255, Math.round((value / largest) * 255));
  }
  return { width, height, data };
}

/** Width and height from the header. @throws Error for any other file */
export function netpbmSize(bytes: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(bytes);
  return { width, height };
}

function readHeader(bytes: Uint8Array) {
  const kind = bytes[1]! - 0x30;
  if (![2, 3, 5, 6].includes(kind)) throw new Error(`netpbm format P${kind} is not supported`);
  const reader = new Tokens(bytes, 2);
  const [width, height, largest] = [reader.next(), reader.next(), reader.next()];
  return { kind, width, height, largest, reader };
}

/** Big-endian values after the single blank that ends the header. */
function binary(bytes: Uint8Array, count: number, width: number): Uint8Array | Uint16Array {
  if (bytes.length < count * width) throw new Error('netpbm image is truncated');
  if (width === 1) return bytes.subarray(0, count);
  return Uint16Array.from({ length: count }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
}

/** Decimal numbers between blanks, with `#` comments up to the end of their line. */
class Tokens {
  readonly #bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  next(): number {
    const bytes = this.#bytes;
    for (; this.position < bytes.length; this.position++) {
      if (bytes[this.position] === 0x23) {
        while (this.position < bytes.length && bytes[this.position] !== 0x0a) this.position++;
      } else if (!isBlank(bytes[this.position]!)) break;
    }
    const start = this.position;
    let value = 0;
    for (; this.position < bytes.length; this.position++) {
      const digit = bytes[this.position]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const end = bytes[this.position];
    if (this.position === start || this.position - start > 9 || (end && !isBlank(end))) {
      throw new Error('netpbm image is truncated or damaged');
    }
    return value;
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
