import type { Sharp } from 'sharp';
import { StudyError } from '../errors.ts';
import { decodeBitmap } from './bitmap.ts';
import { cmykToRgb } from './cmyk.ts';
import { type ImageHeader, readImageHeader } from './header.ts';
import { decodeNetpbm } from './netpbm.ts';
import { mostPixels, requirePixels } from './pixels.ts';
import { loadedSharp } from './sharp.ts';
import type { DecodedImage } from './source.ts';

/**
 * Decodes an image file to 8-bit RGB as the Python tools do with Pillow's `convert('RGB')`: grey is
 * repeated, alpha dropped (not blended), CMYK's inks are multiplied. Neither the EXIF orientation nor a
 * colour profile is applied, for pytorch-fid, clean-fid and torch-fidelity apply neither, and FIDs
 * should compare; the orientation of a TIFF is applied, as Pillow does when it reads one. Of 16 bits
 * the upper 8 are taken; Pillow does so with colours, but clips grey to white at 255. The format is
 * told by the content, not by the name.
 * @throws StudyError naming the image where it is damaged, truncated, too large or of another format.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const header = headerOf(bytes, name);
  try {
    if (header.format === 'bmp') return decodeBitmap(bytes);
    if (header.format === 'netpbm') return decodeNetpbm(bytes);
    return await decodeBySharp(bytes, header);
  } catch (error) {
    throw undecodable(name, error);
  }
}

/**
 * How many pixels an image will have, by its header; as many as one may have where the header does not
 * tell.
 * @throws StudyError naming the image where it is too large or of another format
 */
export function pixelsOf(bytes: Uint8Array, name: string): number {
  const { width, height } = headerOf(bytes, name);
  return width > 0 && height > 0 ? width * height : mostPixels;
}

function headerOf(bytes: Uint8Array, name: string): ImageHeader {
  try {
    const header = readImageHeader(bytes);
    const { width, height } = header;
    if (width > 0 && height > 0) requirePixels(width, height, 'it');
    return header;
  } catch (error) {
    throw undecodable(name, error);
  }
}

/** In words, what decides the pixels of an encoded image beyond its bytes; most have nothing. */
export function treatmentOf(bytes: Uint8Array): string | undefined {
  try {
    const { orientation = 1 } = readImageHeader(bytes);
    return orientation > 1 ? 'TIFF orientation applied' : undefined;
  } catch {
    return undefined;
  }
}

/** The error of an image that cannot be decoded; with `--skip-bad` it is listed and skipped. */
export function undecodable(name: string, error: unknown): StudyError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StudyError(
    `cannot decode ${name}: ${reason.trim().replaceAll('\n', '; ')}`,
    'replace or remove it, or skip it: --skip-bad',
    { cause: error },
  );
}

async function decodeBySharp(bytes: Uint8Array, header: ImageHeader): Promise<DecodedImage> {
  // Of four components only a JPEG may be CMYK; any TIFF may be.
  if (header.format === 'tiff' || header.channels === 4) {
    const { space, depth, channels } = await reader(bytes, header).metadata();
    if (space === 'cmyk') {
      if (depth === 'uchar' && channels === 4) return decodeCmyk(bytes, header);
      throw new Error(`CMYK of ${channels} channels (${depth}); save it as RGB`);
    }
  }
  const { data, info } = await reader(bytes, header)
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, data: toRgb(data, channels) };
}

/** The four channels as they are: sharp's own RGB of them goes through a profile. */
async function decodeCmyk(bytes: Uint8Array, header: ImageHeader): Promise<DecodedImage> {
  const { data, info } = await reader(bytes, header)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: cmykToRgb(data) };
}

function reader(bytes: Uint8Array, { format }: ImageHeader): Sharp {
  const image = loadedSharp()(bytes, {
    // 'error' covers 'truncated'; the stricter 'warning' would refuse files that Pillow reads.
    failOn: 'error',
    ignoreIcc: true,
    // By the file's header as libvips reads it, should ours have been read otherwise.
    limitInputPixels: mostPixels,
  });
  return format === 'tiff' ? image.autoOrient() : image;
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
