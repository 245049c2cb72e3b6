import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, createInflateRaw, inflateRaw } from 'node:zlib';
import { errorCode, StudyError } from '../errors.ts';
import { diskError } from './disk.ts';
import { mostBytes, openRegular } from './regular-file.ts';
import { damaged, type RandomAccess, readDirectory, type ZipMember } from './zip-directory.ts';

export type { ZipMember } from './zip-directory.ts';

/** A zip whose central directory is read; members are read at random and in parallel. */
export interface ZipContent {
  readonly path: string;
  readonly members: readonly ZipMember[];
  /**
   * Unpacks a member; its checksum is verified.
   * @param most bytes that it may have
   * @throws StudyError if it is damaged or larger
   */
  read(member: ZipMember, most?: number): Promise<Uint8Array>;
  /**
   * Unpacks a member piece by piece, whatever its size. Length and checksum are verified after the
   * last piece; whoever needs the beginning alone may stop there.
   * @throws StudyError if it is damaged
   */
  pieces(member: ZipMember): AsyncGenerator<Uint8Array>;
  /** Where a member's packed bytes begin in the file. */
  dataOffset(member: ZipMember): Promise<number>;
}

/** What of an open file is used here: the types of the library need none of Node's. */
export interface OpenFile extends RandomAccess {
  close(): Promise<void>;
}

/** An open zip on disk. */
export interface ZipArchive extends ZipContent {
  readonly file: OpenFile;
  close(): Promise<void>;
}

const inflate = promisify(inflateRaw);
const localHeaderBytes = 30;
/** Opens a zip. @throws StudyError if it is missing, no zip, truncated, encrypted. */
export async function openZip(path: string): Promise<ZipArchive> {
  const { file } = await openRegular(path).catch((error) => {
    throw diskError(error, path);
  });
  try {
    return { ...(await contentOf(file, path)), file, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same of a zip in memory. @param path for messages */
export function zipOf(bytes: Uint8Array, path: string): Promise<ZipContent> {
  const file: RandomAccess = {
    stat: async () => ({ size: bytes.length }),
    async read(buffer, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      buffer.set(part, offset);
      return { bytesRead: part.length };
    },
  };
  return contentOf(file, path);
}

async function contentOf(file: RandomAccess, path: string): Promise<ZipContent> {
  return {
    path,
    members: await readDirectory(file, path),
    read: (member, most = mostBytes) => readMember(file, path, member, most),
    pieces: (member) => piecesOf(file, path, member),
    dataOffset: async (member) => (await locate(file, path, member, 0)).offset,
  };
}

async function readMember(
  file: RandomAccess,
  path: string,
  member: ZipMember,
  most: number,
): Promise<Uint8Array> {
  if (member.size > most || member.packedSize > most) {
    throw new StudyError(
      `${member.name} in ${path} has ${member.size} bytes; too large to read`,
      `what is read as a whole may have ${most}: pack it in smaller files`,
    );
  }
  const { offset, ahead } = await locate(file, path, member, member.packedSize);
  let packed: Uint8Array = ahead.subarray(0, member.packedSize);
  if (packed.length < member.packedSize) {
    packed = await readExactly(file, path, member, offset);
  }
  const bytes = member.stored ? packed : await inflateMember(packed, path, member);
  if (bytes.length !== member.size) throw damaged(member.name, path, 'has another size');
  if (crc32(bytes) !== member.crc32) throw damaged(member.name, path, 'fails its checksum');
  return bytes;
}

async function* piecesOf(
  file: RandomAccess,
  path: string,
  member: ZipMember,
): AsyncGenerator<Buffer> {
  const { offset } = await locate(file, path, member, 0);
  const packed = packedPieces(file, path, member, offset);
  // Errors of either end come out of the iteration.
  const pieces: AsyncIterable<Buffer> = member.stored
    ? packed
    : pipeline(Readable.from(packed), createInflateRaw({ chunkSize: 1 << 18 }), () => {});
  let size = 0;
  let checksum = 0;
  try {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > member.size) break;
      checksum = crc32(piece, checksum);
      yield piece;
    }
  } catch (error) {
    if (!errorCode(error)?.startsWith('Z_')) throw diskError(error, path);
    throw damaged(member.name, path, 'cannot be unpacked', error);
  }
  if (size !== member.size) throw damaged(member.name, path, 'has another size');
  if (checksum !== member.crc32) throw damaged(member.name, path, 'fails its checksum');
}

/** By positions: a stream on the handle would close it where its reader stops early. */
async function* packedPieces(
  file: RandomAccess,
  path: string,
  member: ZipMember,
  start: number,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < member.packedSize; ) {
    const wanted = Buffer.allocUnsafeSlow(Math.min(1 << 20, member.packedSize - done));
    const { bytesRead } = await file.read(wanted, 0, wanted.length, start + done);
    if (bytesRead === 0) throw damaged(member.name, path, 'runs past the end');
    yield wanted.subarray(0, bytesRead);
    done += bytesRead;
  }
}

/**
 * Finds a member's data behind its local header, whose lengths may differ from the directory's.
 * One read fetches the header and, where the guess is right, `wanted` bytes `ahead`.
 */
async function locate(
  file: RandomAccess,
  path: string,
  member: ZipMember,
  wanted: number,
): Promise<{ offset: number; ahead: Uint8Array }> {
  const guess = Buffer.byteLength(member.name) + 64;
  const bytes = Buffer.allocUnsafe(localHeaderBytes + guess + wanted);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, member.localHeader);
  if (bytesRead < localHeaderBytes || bytes.readUInt32LE(0) !== 0x04034b50) {
    throw damaged(member.name, path, 'is not where the directory says');
  }
  const skip = localHeaderBytes + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  return { offset: member.localHeader + skip, ahead: bytes.subarray(skip, bytesRead) };
}

async function readExactly(
  file: RandomAccess,
  path: string,
  member: ZipMember,
  position: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(member.packedSize);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw damaged(member.name, path, 'runs past the end');
    done += bytesRead;
  }
  return bytes;
}

async function inflateMember(
  packed: Uint8Array,
  path: string,
  member: ZipMember,
): Promise<Uint8Array> {
  try {
    // One byte more than claimed, so that a longer stream fails on its size, not by being cut. In
    // one piece: zlib would join many, and hold both.
    const length = member.size + 1;
    return await inflate(packed, { maxOutputLength: length, chunkSize: Math.max(64, length) });
  } catch (cause) {
    throw damaged(member.name, path, 'cannot be unpacked', cause);
  }
}
