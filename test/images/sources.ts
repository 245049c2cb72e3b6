import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { ZipFile } from 'yazl';

/** A smooth RGB picture that differs by `seed`: JPEG changes it little. */
export function picture(seed: number, width = 8, height = 6): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return (seed * 37 + channel * 60 + x * 3 + y * 5) % 256;
  });
}

export function png(pixels: Uint8Array, width = 8, height = 6): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

export function jpeg(pixels: Uint8Array, width = 8, height = 6): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Writes a zip of the given files; deflated where `compress`. */
export async function writeZip(
  path: string,
  files: Readonly<Record<string, Uint8Array>>,
  compress = false,
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(bytes), name, { compress });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}
