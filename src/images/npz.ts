import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError, writeFully } from '../arrays/disk.ts';
import { longestNpyHeader, type NpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { type OpenFile, openZip, type ZipArchive, type ZipMember } from '../arrays/zip.ts';
import { errorCode } from '../errors.ts';
import { type ArrayShape, arrayImages, firstValuesBytes, requireImages } from './array.ts';
import { labelsIn, nameOf, onlyMember } from './npz-arrays.ts';
import type { ImageSource } from './source.ts';

/**
 * The images of an .npz: `arr_0` uint8 [N, H, W, 3], as ADM's samplers write, or the one array of that
 * shape. A stored array is read where it lies; a deflated one is inflated once into a temporary file,
 * so that memory stays small and images can be read in any order.
 * @throws StudyError if the file is missing or damaged, or no array or several are of images
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
  const member = zip.members.find(({ name }) => name === 'arr_0.npy') ?? (await onlyMember(zip));
  const array = member.stored ? await readInPlace(zip, member) : await inflateOnce(zip, member);
  const { shape, file, start } = array;
  return arrayImages(path, {
    shape,
    async read(position, length) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, start + position);
      return bytes.subarray(0, bytesRead);
    },
    files: () => [path],
    labels: async () => labelsIn(path, shape.count),
    close: async () => {
      await zip.close();
      if (file !== zip.file) await file.close();
    },
  });
}

interface OpenArray {
  readonly shape: ArrayShape;
  readonly file: OpenFile;
  /** Where the first image begins in `file`. */
  readonly start: number;
}

async function readInPlace(zip: ZipArchive, member: ZipMember): Promise<OpenArray> {
  // One pass for the checksum: a damaged pixel would not show otherwise.
  const { shape, dataOffset } = await scan(zip, member);
  return { shape, file: zip.file, start: (await zip.dataOffset(member)) + dataOffset };
}

async function inflateOnce(zip: ZipArchive, member: ZipMember): Promise<OpenArray> {
  const temporary = join(tmpdir(), `study-${randomUUID()}.npy`);
  const file = await open(temporary, 'wx+').catch((error) => {
    throw diskError(error, temporary);
  });
  // Nameless from now on: the system takes it back even from a process that was killed.
  await rm(temporary, { force: true });
  try {
    const { shape, dataOffset } = await scan(zip, member, (piece, position) =>
      writeFully(file, piece, position),
    );
    return { shape, file, start: dataOffset };
  } catch (error) {
    await file.close();
    throw errorCode(error) === 'ENOSPC' ? diskError(error, temporary) : error;
  }
}

/**
 * Reads an array through, once its header says that it is one of images: whether length and checksum
 * are right.
 */
async function scan(
  zip: ZipArchive,
  member: ZipMember,
  keep?: (piece: Uint8Array, position: number) => Promise<void>,
): Promise<{ shape: ArrayShape; dataOffset: number }> {
  const pieces = zip.pieces(member);
  const begun: Uint8Array[] = [];
  let length = 0;
  while (length < longestNpyHeader + firstValuesBytes) {
    const { value, done } = await pieces.next();
    if (done) break;
    begun.push(value);
    length += value.length;
  }
  const name = `${nameOf(member)} in ${zip.path}`;
  const start = Buffer.concat(begun);
  const header: NpyHeader = parseNpyHeader(start, name);
  const first = start.subarray(header.dataOffset, header.dataOffset + firstValuesBytes);
  const load = `'${zip.path}')['${nameOf(member)}']`;
  const shape = requireImages(header, member.size, first, name, load);
  let position = 0;
  for (const piece of begun) {
    await keep?.(piece, position);
    position += piece.length;
  }
  for await (const piece of pieces) {
    await keep?.(piece, position);
    position += piece.length;
  }
  return { shape, dataOffset: header.dataOffset };
}
