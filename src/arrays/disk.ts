import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, StudyError } from '../errors.ts';

/** A failed write or read as the user's error where they can mend it; anything else as it is. */
export function diskError(error: unknown, path: string): unknown {
  const cause = { cause: error };
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StudyError(
        `no space left on the device for ${path}`,
        'free some space, or point --out or STUDY_CACHE at another disk; then run it again',
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return new StudyError(`no permission for ${path}`, 'check its owner and mode', cause);
    case 'EROFS':
      return new StudyError(`${path} is on a read-only file system`, 'choose another path', cause);
    case 'ENOENT':
      return new StudyError(`no such file or folder: ${path}`, 'check the path', cause);
    case 'EISDIR':
      return new StudyError(`${path} is a folder, not a file`, 'check the path', cause);
    case 'ENOTDIR':
    case 'EEXIST':
      return new StudyError(`a file is where a folder should be: ${path}`, 'check the path', cause);
    default:
      return error;
  }
}

/** A name beside `path` that no other process uses; renamed to `path` once it is whole. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
}

/**
 * Writes a file so that it is seen whole or not at all: `write` fills a temporary file, which is
 * synced and renamed. Folders on the way are made.
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw diskError(error, path);
  }
}

/** Writes all of `bytes` at `position`: a single write may be short on a nearly full disk. */
export async function writeFully(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
