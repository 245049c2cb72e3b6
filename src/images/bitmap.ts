import type { DecodedImage } from './source.ts';

/**
 * Decodes a Windows bitmap (sharp's prebuilt library has no reader for it): uncompressed, of 8 bits
 * with a palette, 24 or 32 bits. `decodeImage` names the file in what this throws.
 */
export function decodeBitmap(bytes: Uint8Array): DecodedImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) throw new Error('bitmap ends within its header');
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  // 3 is "bit fields", of which only the usual blue, green, red, unused is read.
  const fields = compression === 3 && bits === 32 && view.getUint32(54, true) === 0xff0000;
  if (headerBytes < 40 || ![8, 24, 32].includes(bits) || !(compression === 0 || fields)) {
    throw new Error(`bitmap of ${bits} bits, compression ${compression}, is not supported`);
  }
  const step = bits / 8;
  const rowBytes = Math.ceil((width * step) / 4) * 4;
  if (width < 1 || height < 1 || start + rowBytes * height > bytes.length) {
    throw new Error(`bitmap of ${width} × ${signedHeight} is truncated or damaged`);
  }
  const colours = view.getUint32(46, true) || 256;
  const palette = 14 + headerBytes;
  if (bits === 8 && (colours > 256 || palette + colours * 4 > bytes.length)) {
    throw new Error(`bitmap with a palette of ${colours} is damaged`);
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    // Rows run upwards unless the height is negative.
    const row = start + (signedHeight < 0 ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++, to += 3) {
      const at = row + x * step;
      const from = bits === 8 ? palette + Math.min(bytes[at]!, colours - 1) * 4 : at;
      data[to] = bytes[from + 2]!;
      data[to + 1] = bytes[from + 1]!;
      data[to + 2] = bytes[from]!;
    }
  }
  return { width, height, data };
}
