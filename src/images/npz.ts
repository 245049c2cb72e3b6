import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { diskError, writeFully } from '../arrays/disk.ts';
import { type NpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { openZip, type ZipArchive, type ZipMember } from '../arrays/zip.ts';
import { errorCode, StudyError } from '../errors.ts';
import { numberedNames } from './names.ts';
import type { ImageSource } from './source.ts';

/**
 * The images of an .npz with `arr_0` uint8 [N, H, W, 3], as ADM's samplers write; names are
 * `000017`. A stored array is read where it lies; a deflated one is inflated once into a temporary
 * file, so that memory stays small and images can be read in any order.
 * @throws StudyError where the file is missing or damaged, or the array has another shape or type.
 */
export async function openNpzImages(path: string): Promise<ImageSource> {
  const zip = await openZip(path);
  try {
    return await imagesOf(zip, path);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function imagesOf(zip: ZipArchive, path: string): Promise<ImageSource> {
  const member = zip.members.find((each) => each.name === 'arr_0.npy');
  if (!member) {
    const there = zip.members.map((each) => each.name.replace(/\.npy$/, '')).slice(0, 8);
    throw new StudyError(
      `no array 'arr_0' in ${path}; it holds: ${there.join(', ') || 'nothing'}`,
      'images are arr_0 uint8 [N, H, W, 3], as numpy.savez(path, images) saves them',
    );
  }
  const array = member.stored ? await readInPlace(zip, member) : await inflateOnce(zip, member);
  const { header, file, start } = array;
  const close = async () => {
    await zip.close();
    if (file !== zip.file) await file.close();
  };
  const [count = 0, height = 0, width = 0, channels] = header.shape;
  if (header.shape.length !== 4 || channels !== 3 || header.dtype.name !== 'uint8') {
    if (file !== zip.file) await file.close();
    throw new StudyError(
      `arr_0 in ${path} is ${header.dtype.name} [${header.shape.join(', ')}]`,
      'images are uint8 [N, H, W, 3]',
    );
  }
  const imageBytes = height * width * 3;
  const names = numberedNames(count);
  return {
    path,
    names,
    // The bytes have no header: images of another shape may have the same.
    treatment: `uint8 ${height}x${width}x3`,
    async read(index) {
      const bytes = new Uint8Array(imageBytes);
      const { bytesRead } = await file.read(bytes, 0, imageBytes, start + index * imageBytes);
      if (bytesRead < imageBytes) {
        throw new StudyError(
          `${names[index]} in ${path} is truncated`,
          'the file changed since it was opened: let nothing write there, and run it again',
        );
      }
      return bytes;
    },
    decode: async (data) => ({ width, height, data }),
    close,
  };
}

interface OpenArray {
  readonly header: NpyHeader;
  readonly file: FileHandle;
  /** Where the first image begins in `file`. */
  readonly start: number;
}

async function readInPlace(zip: ZipArchive, member: ZipMember): Promise<OpenArray> {
  const offset = await zip.dataOffset(member);
  // One pass for the checksum: a damaged pixel would not show otherwise.
  const header = await scan(packedStream(zip, member, offset), zip.path, member);
  return { header, file: zip.file, start: offset + header.dataOffset };
}

async function inflateOnce(zip: ZipArchive, member: ZipMember): Promise<OpenArray> {
  const temporary = join(tmpdir(), `study-${randomUUID()}.npy`);
  const file = await open(temporary, 'wx+').catch((error) => {
    throw diskError(error, temporary);
  });
  // Nameless from now on: the system takes it back even from a process that was killed.
  await rm(temporary, { force: true });
  try {
    const inflated = createInflateRaw();
    // Errors of either end come out of the iteration in `scan`.
    pipeline(packedStream(zip, member, await zip.dataOffset(member)), inflated, () => {});
    const header = await scan(inflated, zip.path, member, (chunk, position) =>
      writeFully(file, chunk, position),
    );
    return { header, file, start: header.dataOffset };
  } catch (error) {
    await file.close();
    throw errorCode(error) === 'ENOSPC' ? diskError(error, temporary) : error;
  }
}

function packedStream(zip: ZipArchive, member: ZipMember, start: number): Readable {
  if (member.packedSize === 0) throw damaged(zip.path, member, 'is empty');
  // A stream of its own, as one on the zip's handle would close that at its end.
  const end = start + member.packedSize - 1;
  return createReadStream(zip.path, { start, end, highWaterMark: 1 << 20 });
}

/** Reads an array through: its header, and whether length and checksum are right. */
async function scan(
  stream: Readable,
  path: string,
  member: ZipMember,
  keep?: (chunk: Buffer, position: number) => Promise<void>,
): Promise<NpyHeader> {
  let first: Buffer = Buffer.alloc(0);
  let checksum = 0;
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (first.length < 1 << 16) first = Buffer.concat([first, chunk.subarray(0, 1 << 16)]);
      checksum = crc32(chunk, checksum);
      await keep?.(chunk, size);
      size += chunk.length;
      if (size > member.size) break;
    }
  } catch (error) {
    const code = errorCode(error);
    if (code?.startsWith('Z_')) throw damaged(path, member, 'cannot be unpacked');
    throw error;
  }
  if (size !== member.size) throw damaged(path, member, 'has another size');
  if (checksum !== member.crc32) throw damaged(path, member, 'fails its checksum');
  const header = parseNpyHeader(first, `arr_0 in ${path}`);
  if (header.fortranOrder) {
    throw new StudyError(`arr_0 in ${path} is in Fortran order`, 'save ascontiguousarray(images)');
  }
  if (size !== header.dataOffset + header.length * header.dtype.bytes) {
    throw damaged(path, member, 'has bytes missing');
  }
  return header;
}

function damaged(path: string, member: ZipMember, what: string): StudyError {
  return new StudyError(`${member.name} in ${path} ${what}`, 'the file is damaged; write it anew');
}
