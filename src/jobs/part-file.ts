import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { openRegular } from '../arrays/regular-file.ts';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { machineSchema } from './machine.ts';

/** Version of a part's form, its first line. */
const FORMAT = 'fid-study part 1';

/** Most bytes of a part's header: 256 MiB of JSON. */
const longestHeader = 2 ** 28;

/** What a unit gives. */
export interface UnitResult {
  /** Plain data; with `bytes` all that counts when two results are compared. */
  readonly value: unknown;
  /** What differs from run to run, such as times. */
  readonly aside?: unknown;
  /** Rows, say: too many for JSON. */
  readonly bytes?: Uint8Array | undefined;
  /** Whether the unit failed: a worker that comes again makes it again. */
  readonly isFailed?: boolean | undefined;
}

const headerSchema = z.object({
  unit: z.string().length(32),
  probe: z.string().max(1024),
  machine: machineSchema,
  value: z.unknown(),
  aside: z.unknown(),
  isFailed: z.boolean(),
  /** Number of bytes after the header, and their sha256. */
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});

/** The header of a part, which says everything but its bytes. */
export type PartHeader = z.output<typeof headerSchema>;

/** A part that was read and is whole. */
export interface Part extends PartHeader {
  readonly path: string;
  /** Where its bytes begin in the file. */
  readonly offset: number;
}

/** The bytes of a part's file before those of the unit. */
export function formatHeader(header: PartHeader): Uint8Array {
  const text = JSON.stringify(header);
  return Buffer.from(`${FORMAT} ${sha256Of(text)} ${Buffer.byteLength(text)}\n${text}\n`);
}

/** What two results of one unit must share. */
export function contentOf({ value, bytes, sha256 }: PartHeader): string {
  return sha256Of(JSON.stringify([value ?? null, bytes, sha256]));
}

/**
 * Reads a part, all but its bytes, which are only counted: `bytesOf` checks them.
 *
 * @returns undefined if it is missing, torn or changed
 */
export async function readPart(path: string): Promise<Part | undefined> {
  const { file, size } = await openRegular(path).catch(() => ({ file: undefined, size: 0 }));
  if (!file) return undefined;
  try {
    const start = await readAt(file, 0, Math.min(size, 256));
    const line = start.subarray(0, start.indexOf('\n')).toString('latin1');
    const [, hash, count] = /^fid-study part 1 ([0-9a-f]{64}) (\d{1,9})$/.exec(line) ?? [];
    const length = Number(count);
    if (hash === undefined || length > longestHeader) return undefined;
    const offset = line.length + 1 + length + 1;
    if (offset > size) return undefined;
    const rest = (await readAt(file, line.length + 1, length + 1)).toString('utf8');
    const text = rest.slice(0, -1);
    if (sha256Of(text) !== hash || rest.at(-1) !== '\n') return undefined;
    const header = headerSchema.safeParse(JSON.parse(text)).data;
    if (!header || offset + header.bytes !== size) return undefined;
    return { ...header, path, offset };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a part, in pieces of 1 MiB.
 *
 * @throws StudyError at their end if they are not those that were written
 */
export async function* bytesOf({ path, offset, bytes, sha256 }: Part): AsyncGenerator<Uint8Array> {
  const { file } = await openRegular(path);
  const hash = sha256Stream();
  try {
    for (let done = 0; done < bytes; ) {
      const piece = await readAt(file, offset + done, Math.min(1 << 20, bytes - done));
      if (piece.length === 0) break;
      hash.update(piece);
      done += piece.length;
      yield piece;
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== sha256) {
    throw new StudyError(
      `${path} was changed after it was written`,
      'delete it, and start its part again',
    );
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
