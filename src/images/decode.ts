import sharp from 'sharp';
import { StudyError } from '../errors.ts';
import { decodeBitmap } from './bitmap.ts';
import { cmykToRgb, mayBeCmyk } from './cmyk.ts';
import { decodeNetpbm } from './netpbm.ts';
import type { DecodedImage } from './source.ts';

// Parallelism is over images, in libuv's pool; a cache of operations would only grow.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes an image file to 8-bit RGB as the Python tools do with Pillow's `convert('RGB')`: grey is
 * repeated, alpha dropped (not blended), 16 bits become the upper 8, CMYK's inks are multiplied. Neither the EXIF orientation
 * nor a colour profile is applied, for pytorch-fid, clean-fid and torch-fidelity apply neither, and
 * FIDs should compare. The format is told by the content, not by the name.
 * @throws StudyError naming the image where it is damaged, truncated or of an unknown format.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  try {
    if (bytes[0] === 0x42 && bytes[1] === 0x4d) return decodeBitmap(bytes);
    if (bytes[0] === 0x50 && bytes[1]! >= 0x31 && bytes[1]! <= 0x36) return decodeNetpbm(bytes);
    return await decodeBySharp(bytes);
  } catch (error) {
    throw undecodable(name, error);
  }
}

/** The error of an image that cannot be decoded; `--skip-bad` lists it and goes on. */
export function undecodable(name: string, error: unknown): StudyError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StudyError(
    `cannot decode ${name}: ${reason.trim().replaceAll('\n', '; ')}`,
    'replace or remove it, or go on without it: --skip-bad',
    { cause: error },
  );
}

async function decodeBySharp(bytes: Uint8Array): Promise<DecodedImage> {
  if (mayBeCmyk(bytes)) {
    const { space, depth, channels } = await sharp(bytes).metadata();
    if (space === 'cmyk') {
      if (depth === 'uchar' && channels === 4) return decodeCmyk(bytes);
      throw new Error(`CMYK of ${channels} channels (${depth}); save it as RGB`);
    }
  }
  // 'error' covers 'truncated'; the stricter 'warning' would refuse files that Pillow reads.
  const { data, info } = await sharp(bytes, { failOn: 'error', ignoreIcc: true })
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, data: toRgb(data, channels) };
}

/** The four channels as they are: sharp's own RGB of them goes through a profile. */
async function decodeCmyk(bytes: Uint8Array): Promise<DecodedImage> {
  const { data, info } = await sharp(bytes, { failOn: 'error', ignoreIcc: true })
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: cmykToRgb(data) };
}

/** RGB from interleaved pixels of 1 (grey), 2 (grey, alpha), 3 or 4 channels. */
export function toRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const pixels = data.length / channels;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    out[i * 3] = data[i * channels]!;
    out[i * 3 + 1] = data[i * channels + green]!;
    out[i * 3 + 2] = data[i * channels + blue]!;
  }
  return out;
}
