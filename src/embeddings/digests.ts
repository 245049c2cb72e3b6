import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../arrays/disk.ts';
import { readWhole } from '../arrays/regular-file.ts';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';
import { Budget } from './budget.ts';

/** Bytes of the digest of an image. */
export const digestBytes = 32;

/** Next to a cached set: the digests of its images, whose hash is the manifest's `images.sha256`. */
export const digestsName = 'digests.bin';

// Enough to hide a disk's latency.
const atOnce = 16;
// Bytes of image files: 16 photographs are far below; of larger files fewer are read at once.
const bytesAtOnce = 2 ** 28;

/** The sha256 of each image's bytes, 32 bytes per image, in the order of the source. */
export class Digests {
  readonly #bytes: Buffer;

  constructor(images: number | Buffer) {
    this.#bytes = typeof images === 'number' ? Buffer.alloc(images * digestBytes) : images;
  }

  get count(): number {
    return this.#bytes.length / digestBytes;
  }

  /** The digests of images `start` to `end`; a view. */
  bytes(start: number, end: number): Buffer {
    return this.#bytes.subarray(start * digestBytes, end * digestBytes);
  }

  set(index: number, digest: Uint8Array): void {
    this.#bytes.set(digest, index * digestBytes);
  }

  matches(index: number, digest: Uint8Array): boolean {
    return this.bytes(index, index + 1).equals(digest);
  }

  /** One hash of all images in order. It covers contents, not names or places. */
  ofAll(): string {
    return sha256Of(this.#bytes);
  }

  async write(folder: string): Promise<void> {
    await writeAtomically(join(folder, digestsName), (file) => writeFile(file, this.#bytes));
  }
}

/** The digests next to a cached set; undefined if there are none, or not those of its images. */
export async function readDigests(folder: string, sha256: string): Promise<Digests | undefined> {
  const bytes = await readWhole(join(folder, digestsName)).catch(() => undefined);
  if (!bytes) return undefined;
  const digests = new Digests(bytes);
  return digests.ofAll() === sha256 ? digests : undefined;
}

/**
 * The digest of an image: of its bytes and of anything else that decides its pixels. For an unchanged
 * JPEG or PNG it is the sha256 of the file.
 */
export function digestOf(
  { treatment, treatmentOf }: Pick<ImageSource, 'treatment' | 'treatmentOf'>,
  bytes: Uint8Array,
): Buffer {
  const hash = sha256Stream();
  for (const each of [treatment, treatmentOf?.(bytes)]) {
    if (each !== undefined) hash.update(`${each}\0`);
  }
  return hash.update(bytes).digest();
}

/** The digest of an image of a source, given how to get its bytes. */
export async function digestOfImage(
  source: ImageSource,
  index: number,
  read: () => Uint8Array | Promise<Uint8Array>,
): Promise<Buffer> {
  return digestOf(source, source.recipe?.(index) ?? (await read()));
}

/** The digest of an image that cannot be read. */
export const unreadable = digestOf({}, Buffer.from('unreadable'));

/** Images of a source: `start` to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads and hashes images, several at once, without decoding them.
 *
 * @param take gets each digest, nearly in order; false stops
 * @returns whether all were taken
 * @throws the signal's reason once it is aborted
 */
export async function eachDigest(
  source: ImageSource,
  { start, end }: Range,
  take: (index: number, digest: Uint8Array) => boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  const budget = new Budget(bytesAtOnce);
  let next = start;
  let isTaken = true;
  async function work(): Promise<void> {
    while (next < end && isTaken) {
      signal?.throwIfAborted();
      const index = next++;
      const digest = await digestAt(source, index, budget);
      isTaken &&= take(index, digest);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, end - start) }, work));
  return isTaken;
}

/** Hashes all images. @throws the signal's reason once it is aborted */
export async function hashImages(source: ImageSource, signal?: AbortSignal): Promise<Digests> {
  const digests = new Digests(source.names.length);
  const keep = (index: number, digest: Uint8Array) => {
    digests.set(index, digest);
    return true;
  };
  await eachDigest(source, { start: 0, end: digests.count }, keep, signal);
  return digests;
}

async function digestAt(source: ImageSource, index: number, budget: Budget): Promise<Uint8Array> {
  const ticket = budget.ticket();
  try {
    await ticket.take(await source.size(index));
    return await digestOfImage(source, index, () => source.read(index));
  } catch (error) {
    // Whether an unreadable image stops the run is decided where it is decoded.
    if (error instanceof StudyError) return unreadable;
    throw error;
  } finally {
    ticket.give();
  }
}
