import { diskError, writeAtomically } from '../arrays/disk.ts';
import { readText as readRegular } from '../arrays/regular-file.ts';
import { errorCode, StudyError } from '../errors.ts';

/**
 * Writes a whole file or nothing: a temporary file in the same folder is renamed. Missing folders are
 * created.
 *
 * @throws StudyError if the disk is full or the folder is not writable
 */
export async function writeWhole(path: string, data: string | Buffer): Promise<void> {
  await writeAtomically(path, (file) => file.writeFile(data));
}

/**
 * Reads a text file that an earlier command wrote.
 *
 * @throws StudyError if it is missing or unreadable
 */
export async function readText(path: string): Promise<string> {
  try {
    return await readRegular(path);
  } catch (error) {
    const code = errorCode(error);
    const hint = code === undefined ? undefined : READ_HINTS[code];
    if (!hint) throw diskError(error, path);
    throw new StudyError(`cannot read ${path} (${code})`, hint, { cause: error });
  }
}

const READ_HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'give the folder that `study sweep --out` wrote',
  ENOTDIR: 'give a folder, not a file',
  EISDIR: 'a folder of that name is in the way',
  EACCES: 'you may not read this file',
  EPERM: 'you may not read this file',
};
