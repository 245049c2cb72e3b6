import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StudyError } from '../errors.ts';

// Opening a FIFO that nobody writes to would wait without end. Windows has no such flag.
const reading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The most bytes that are read into memory at once: 1 GiB. */
export const mostBytes = 2 ** 30;

// Engines have no strings of 512 MiB.
const longestText = 2 ** 28;

/** The most bytes of a text that a user writes; a surrogate of 16,384 eigenvalues has 1 MiB. */
export const longestOfUsers = 2 ** 24;

/**
 * Opens a file for reading. A device or a pipe has no end that is known before it is read.
 * @throws the system's error where it cannot be opened; StudyError if it is no regular file
 */
export async function openRegular(path: string): Promise<{ file: FileHandle; size: number }> {
  const file = await open(path, reading);
  try {
    return { file, size: sizeOf(await file.stat(), path) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same, as a descriptor. @throws as `openRegular` */
export function openRegularSync(path: string): { fd: number; size: number } {
  const fd = openSync(path, reading);
  try {
    return { fd, size: sizeOf(fstatSync(fd), path) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function sizeOf(found: Stats, path: string): number {
  if (found.isFile()) return found.size;
  if (found.isDirectory()) {
    throw new StudyError(`${path} is a folder, not a file`, 'check the path');
  }
  throw new StudyError(
    `${path} is a pipe or a device, not a regular file`,
    'write its content to a file, and name that',
  );
}

/** Fills `out` with the bytes from `position` on. @throws StudyError if the file ends before */
export function readFully(fd: number, out: Uint8Array, position: number, path: string): void {
  for (let done = 0; done < out.length; ) {
    const read = readSync(fd, out, done, out.length - done, position + done);
    if (read === 0) throw new StudyError(`${path} ended while it was read`, 'is it being written?');
    done += read;
  }
}

/**
 * The bytes of a file.
 * @param most how many it may have
 * @throws as `openRegular`; StudyError if it has more
 */
export async function readWhole(path: string, most = mostBytes): Promise<Buffer> {
  const { file, size } = await openRegular(path);
  try {
    requireSize(size, most, path);
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let done = 0; done < size; ) {
      const { bytesRead } = await file.read(bytes, done, size - done, done);
      if (bytesRead === 0) {
        throw new StudyError(`${path} ended while it was read`, 'is it being written?');
      }
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** @throws StudyError if a file has more bytes than it may have */
export function requireSize(size: number, most: number, path: string): void {
  if (size <= most) return;
  throw new StudyError(
    `${path} has ${size} bytes; too large to read`,
    `a file like this may have ${most}: is it the right one?`,
  );
}

/** The text of a file, in UTF-8. @throws as `readWhole` */
export async function readText(path: string, most = longestText): Promise<string> {
  return (await readWhole(path, most)).toString('utf8');
}
