import type { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { StudyError } from '../errors.ts';
import { diskError } from './disk.ts';

/** One file in a zip: where it lies and how it was packed. */
export interface ZipMember {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly size: number;
  readonly packedSize: number;
  readonly stored: boolean;
  readonly crc32: number;
  readonly localHeader: number;
}

/** A file, or bytes in memory: what of a file handle is needed to read at positions. */
export interface RandomAccess {
  stat(): Promise<{ readonly size: number }>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

// Deflate's best is 1032 : 1; a member that claims more lies, and would only make us allocate.
const bestRatio = 1032;

/** The most files that a zip may hold: their names alone take a gigabyte. */
const mostMembers = 2 ** 24;

/**
 * The files that a zip's central directory lists; folders are left out.
 * @throws StudyError if it is no zip, truncated, encrypted, or packed in a way we cannot unpack
 */
export async function readDirectory(file: RandomAccess, path: string): Promise<ZipMember[]> {
  const members: ZipMember[] = [];
  try {
    const { size } = await file.stat();
    const zip = await fromRandomAccessReaderPromise(new WindowReader(file, size), size, {
      autoClose: false,
    });
    let packed = 0;
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const member = memberOf(entry, path, size);
      packed += member.packedSize;
      // The members of a whole zip lie one after the other; those of a bomb, on top of each other.
      if (packed > size || members.length === mostMembers) {
        throw new StudyError(
          `the members of ${path} have ${packed} bytes in a file of ${size}`,
          `pack the zip again, of ${mostMembers} files at most`,
        );
      }
      members.push(member);
    }
  } catch (error) {
    const known = diskError(error, path);
    if (known instanceof StudyError) throw known;
    throw new StudyError(`cannot read the zip ${path}: ${reasonOf(error)}`, whole, {
      cause: error,
    });
  }
  return members;
}

const whole = 'is it whole, and a zip?';

/** yauzl's words begin like a sentence; what follows may be a name, whose case counts. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.slice(0, 1).toLowerCase() + reason.slice(1, 300);
}

function memberOf(entry: Entry, path: string, fileSize: number): ZipMember {
  const name = entry.fileName;
  if (entry.isEncrypted()) {
    throw new StudyError(`${name} in ${path} is encrypted`, 'pack the zip without a password');
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw new StudyError(
      `${name} in ${path} is packed by method ${entry.compressionMethod}`,
      'pack the zip with deflate, or without compression (zip -0)',
    );
  }
  if (entry.relativeOffsetOfLocalHeader + entry.compressedSize > fileSize) {
    throw damaged(name, path, 'runs past the end');
  }
  const stored = entry.compressionMethod === 0;
  const most = stored ? entry.compressedSize : (entry.compressedSize + 16) * bestRatio;
  if (entry.uncompressedSize > most) {
    throw damaged(name, path, `claims ${entry.uncompressedSize} bytes`);
  }
  return {
    name,
    size: entry.uncompressedSize,
    packedSize: entry.compressedSize,
    stored,
    crc32: entry.crc32,
    localHeader: entry.relativeOffsetOfLocalHeader,
  };
}

/**
 * Reads a megabyte at a time: yauzl asks for each entry in pieces of some 50 bytes, which would be
 * 120,000 reads for 60,000 images.
 */
class WindowReader extends RandomAccessReader {
  readonly #file: RandomAccess;
  readonly #size: number;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: RandomAccess, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#copy(buffer.subarray(offset, offset + length), position).then(
      () => callback(null),
      (error) => callback(error),
    );
  }

  override _readStreamForRange(): Readable {
    throw new Error('the directory is read by positions');
  }

  async #copy(out: Buffer, position: number): Promise<void> {
    const behind = position - this.#start;
    if (behind < 0 || behind + out.length > this.#window.length) {
      const wanted = Buffer.allocUnsafe(Math.max(Math.min(1 << 20, this.#size), out.length));
      const { bytesRead } = await this.#file.read(wanted, 0, wanted.length, position);
      this.#window = wanted.subarray(0, bytesRead);
      this.#start = position;
      if (bytesRead < out.length) throw new Error('unexpected end of the file');
    }
    const from = position - this.#start;
    this.#window.copy(out, 0, from, from + out.length);
  }
}

/** The error of a member that is not what the directory says. */
export function damaged(name: string, path: string, what: string, cause?: unknown): StudyError {
  return new StudyError(
    `${name} in ${path} ${what}`,
    'the zip is damaged; fetch or pack it again',
    {
      cause,
    },
  );
}
