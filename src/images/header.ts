import { netpbmSize } from './netpbm.ts';

/** What an image file says of itself in its first bytes. */
export interface ImageHeader {
  readonly format: Format;
  /** 0 where the header does not tell at the place where it should. */
  readonly width: number;
  readonly height: number;
  /** Samples of a pixel; told by JPEGs alone. */
  readonly channels?: number;
  /** EXIF's 1 to 8; told by TIFFs alone, where it is a matter of the file itself. */
  readonly orientation?: number;
}

export type Format = 'bmp' | 'jpeg' | 'netpbm' | 'png' | 'tiff' | 'webp';

const unknown = { width: 0, height: 0 };

/**
 * Tells a file's format by its content, whatever its name, and its size before it is decoded.
 * @throws Error for any other format, by its name where that is a known one
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return { format: 'png', ...pngSize(view) };
  if (start.startsWith('\xff\xd8\xff')) return { format: 'jpeg', ...jpegFrame(view) };
  if (start.startsWith('RIFF') && start.endsWith('WEBP'))
    return { format: 'webp', ...webpSize(view) };
  if (/^(?:II[*+]\0|MM\0[*+])/.test(start)) return { format: 'tiff', ...tiffTags(view) };
  if (start.startsWith('BM')) return { format: 'bmp', ...bitmapSize(view) };
  if (/^P[1-6]/.test(start)) return { format: 'netpbm', ...netpbmSize(bytes) };
  throw new Error(`it is ${otherFormat(start)}, not bmp, jpeg, pgm, png, ppm, tiff or webp`);
}

/** For messages: what people take for one of the formats that are read. */
function otherFormat(start: string): string {
  if (start === '') return 'empty';
  if (/^GIF8/.test(start)) return 'a GIF';
  if (/^(?:\xef\xbb\xbf)?\s*</.test(start)) return 'SVG or another XML';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (/^ftyp(?:avi|hei|hev|mif)/.test(start.slice(4))) return 'AVIF or HEIC';
  if (start.slice(4).startsWith('JXL ') || start.startsWith('\xff\x0a')) return 'JPEG XL';
  if (start.slice(4).startsWith('jP')) return 'JPEG 2000';
  return 'of an unknown format';
}

/** The height of a bitmap whose rows run downwards is negative. */
function bitmapSize(view: Buffer) {
  if (view.length < 26) return unknown;
  return { width: view.readInt32LE(18), height: Math.abs(view.readInt32LE(22)) };
}

function pngSize(view: Buffer) {
  if (view.length < 24 || view.toString('latin1', 12, 16) !== 'IHDR') return unknown;
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
}

/** Of a JPEG's first frame, whose header is never far in. */
function jpegFrame(view: Buffer) {
  let at = 2;
  while (at + 9 < view.length && view[at] === 0xff) {
    const marker = view[at + 1]!;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) at += 1;
    else if (isFrame(marker)) {
      const size = { width: view.readUInt16BE(at + 7), height: view.readUInt16BE(at + 5) };
      return { ...size, channels: view[at + 9]! };
    } else at += 2 + view.readUInt16BE(at + 2);
  }
  return unknown;
}

/** SOF0 to SOF15 but for the tables DHT, JPG and DAC, which share their numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function webpSize(view: Buffer) {
  if (view.length < 30) return unknown;
  switch (view.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = view.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
    default:
      return unknown;
  }
}

/** Size and orientation by the first directory of a TIFF or BigTIFF. */
function tiffTags(view: Buffer) {
  const little = view[0] === 0x49;
  const big = view[little ? 2 : 3] === 0x2b;
  const number = (at: number, bytes: number): number => {
    if (at + bytes > view.length) return 0;
    if (bytes === 8) {
      return Number(little ? view.readBigUInt64LE(at) : view.readBigUInt64BE(at));
    }
    return little ? view.readUIntLE(at, bytes) : view.readUIntBE(at, bytes);
  };
  const directory = big ? number(8, 8) : number(4, 4);
  const [countBytes, entryBytes] = big ? [8, 20] : [2, 12];
  const count = Math.min(number(directory, countBytes), 4096);
  const tags = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const at = directory + countBytes + i * entryBytes;
    // A single value lies in the entry: SHORT has 2 bytes, LONG 4.
    const bytes = number(at + 2, 2) === 3 ? 2 : 4;
    tags.set(number(at, 2), number(at + (big ? 12 : 8), bytes));
  }
  const [width = 0, height = 0, orientation = 1] = [256, 257, 274].map((tag) => tags.get(tag));
  return { width, height, orientation };
}
