import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError, writeFully } from '../arrays/disk.ts';
import { longestNpyHeader, type NpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { openZip, type ZipArchive, type ZipMember } from '../arrays/zip.ts';
import { errorCode, StudyError } from '../errors.ts';
import { numberedNames } from './names.ts';
import { requirePixels } from './pixels.ts';
import type { ImageSource } from './source.ts';

/**
 * The images of an .npz with `arr_0` uint8 [N, H, W, 3], as ADM's samplers write; names are
 * `000017`. A stored array is read where it lies; a deflated one is inflated once into a temporary
 * file, so that memory stays small and images can be read in any order.
 * @throws StudyError if the file is missing or damaged, or the array has another shape or type.
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
    const there = zip.members.slice(0, 8).map((each) => each.name.replace(/\.npy$/, ''));
    throw new StudyError(
      `no array 'arr_0' in ${path}; it holds: ${there.join(', ') || 'nothing'}`,
      'images are arr_0 uint8 [N, H, W, 3], as numpy.savez(path, images) saves them',
    );
  }
  const array = member.stored ? await readInPlace(zip, member) : await inflateOnce(zip, member);
  const { shape, file, start } = array;
  const { count, height, width } = shape;
  const close = async () => {
    await zip.close();
    if (file !== zip.file) await file.close();
  };
  const imageBytes = height * width * 3;
  const names = numberedNames(count, path);
  return {
    path,
    names,
    // The bytes have no header: images of another shape may have the same.
    treatment: `uint8 ${height}x${width}x3`,
    size: async () => imageBytes,
    pixels: () => height * width,
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

interface Shape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

interface OpenArray {
  readonly shape: Shape;
  readonly file: FileHandle;
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
  keep?: (piece: Buffer, position: number) => Promise<void>,
): Promise<{ shape: Shape; dataOffset: number }> {
  const pieces = zip.pieces(member);
  const begun: Buffer[] = [];
  let length = 0;
  while (length < longestNpyHeader) {
    const { value, done } = await pieces.next();
    if (done) break;
    begun.push(value);
    length += value.length;
  }
  const path = `arr_0 in ${zip.path}`;
  const header = parseNpyHeader(Buffer.concat(begun), path);
  const shape = shapeOf(header, member.size, path);
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

/** @throws StudyError if a header is not of images, or not of all bytes there are */
function shapeOf({ shape, dtype, ...header }: NpyHeader, bytes: number, path: string): Shape {
  const [count = 0, height = 0, width = 0, channels] = shape;
  if (shape.length !== 4 || channels !== 3 || dtype.name !== 'uint8' || header.length === 0) {
    throw new StudyError(
      `${path} is ${dtype.name} [${shape.join(', ')}]`,
      'images are uint8 [N, H, W, 3]',
    );
  }
  if (header.fortranOrder) {
    throw new StudyError(`${path} is in Fortran order`, 'save ascontiguousarray(images)');
  }
  if (bytes !== header.dataOffset + header.length) {
    throw new StudyError(
      `${path} has ${bytes} bytes, not those of its shape (${shape.join(', ')})`,
      'the file is damaged; write it again',
    );
  }
  requirePixels(width, height, path);
  return { count, height, width };
}
