import { StudyError } from '../errors.ts';

/**
 * The most pixels of an image, 89 million: Pillow's `MAX_IMAGE_PIXELS`, beyond which it warns of a
 * bomb. As 8-bit RGB they are 268 MB; a file of 32 kB can claim more.
 */
export const mostPixels = Math.floor(2 ** 30 / 4 / 3);

/** The most bytes of an image's file: those of as many pixels of 16-bit RGB, uncompressed. */
export const mostImageBytes = 2 ** 29;

/** @throws StudyError if an image's file is larger than any may be */
export function requireImageBytes(size: number, name: string): void {
  if (size <= mostImageBytes) return;
  throw new StudyError(
    `${name} has ${size} bytes; too large for an image`,
    `an image's file may have ${mostImageBytes} bytes; make it smaller, or leave it out`,
  );
}

/** @throws StudyError if an image is empty or has too many pixels */
export function requirePixels(width: number, height: number, name: string): void {
  if (width >= 1 && height >= 1 && width * height <= mostPixels) return;
  throw new StudyError(
    `${name} has ${width} × ${height} pixels; an image may have 1 to ${mostPixels}`,
    'make it smaller, or leave it out',
  );
}
