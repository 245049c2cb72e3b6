import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** sha256 (hex) of texts, as UTF-8, and bytes, one after the other. */
export function sha256Of(...parts: readonly (string | Uint8Array)[]): string {
  const hash = sha256Stream();
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * sha256 (hex) of a file of any size: 1 MiB of it is in memory at a time.
 *
 * @throws the system's error where it cannot be read
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = sha256Stream();
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** A sha256 to `update` piece by piece, and to `digest`. */
export function sha256Stream(): Hash {
  return createHash('sha256');
}
