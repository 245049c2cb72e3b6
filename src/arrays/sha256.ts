import { createHash, type Hash } from 'node:crypto';
import { openRegular, requireSize } from './regular-file.ts';

/** sha256 (hex) of texts, as UTF-8, and bytes, one after the other. */
export function sha256Of(...parts: readonly (string | Uint8Array)[]): string {
  const hash = sha256Stream();
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * sha256 (hex) of a file of any size: 1 MiB of it is in memory at a time.
 *
 * @param most bytes that it may have
 * @throws the system's error where it cannot be read; StudyError if it has more, or is no
 * regular file, which would have no end
 */
export async function sha256OfFile(path: string, most = Number.POSITIVE_INFINITY): Promise<string> {
  const { file, size } = await openRegular(path);
  const hash = sha256Stream();
  try {
    requireSize(size, most, path);
    const pieces = file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 });
    for await (const piece of pieces) hash.update(piece);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/** A sha256 to `update` piece by piece, and to `digest`. */
export function sha256Stream(): Hash {
  return createHash('sha256');
}
