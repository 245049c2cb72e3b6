import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { errorCode, StudyError } from '../errors.ts';

/**
 * Writes a whole file or nothing: to a temporary name beside it, then renamed.
 *
 * @throws StudyError where the folder is missing, full or not writable
 */
export async function writeWhole(path: string, data: string | Buffer): Promise<void> {
  try {
    await writeFileAtomic(path, data);
  } catch (error) {
    const code = errorCode(error);
    const hint = code === undefined ? undefined : WRITE_HINTS[code];
    if (!hint) throw error;
    throw new StudyError(`cannot write ${path} (${code})`, hint, { cause: error });
  }
}

/**
 * Reads a text file that an earlier command wrote.
 *
 * @throws StudyError where it is missing or unreadable
 */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    const hint = code === undefined ? undefined : READ_HINTS[code];
    if (!hint) throw error;
    throw new StudyError(`cannot read ${path} (${code})`, hint, { cause: error });
  }
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device: free some, then run the same command again',
  EDQUOT: 'the disk quota is used up: free some space, then run the same command again',
  EACCES: 'choose a folder that you may write to',
  EPERM: 'choose a folder that you may write to',
  EROFS: 'the file system is read-only: choose another folder',
  ENOENT: 'the folder does not exist: create it first',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'a folder of that name is in the way',
};

const READ_HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'give the folder that `study sweep --out` wrote',
  ENOTDIR: 'give a folder, not a file',
  EISDIR: 'a folder of that name is in the way',
  EACCES: 'you may not read this file',
  EPERM: 'you may not read this file',
};
