import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import {
  access,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode, StudyError } from '../errors.ts';
import { hasEnded, thisProcess } from './owner.ts';

/** A failed write or read as the user's error if they can fix it; anything else unchanged. */
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
    case 'ERR_INVALID_ARG_VALUE':
      return new StudyError(
        `not a path: ${JSON.stringify(path)}`,
        'a path has no NUL in it',
        cause,
      );
    case 'EMFILE':
    case 'ENFILE':
      return new StudyError(
        `too many files are open to open ${path}`,
        'raise the limit, as by `ulimit -n 4096`, and run it again',
        cause,
      );
    default:
      return isOfSystem(error)
        ? new StudyError(
            `cannot use ${path}: ${error.message}`,
            'check the path and its disk',
            cause,
          )
        : error;
  }
}

/** Makes a folder and those on the way to it. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    // Node says so of a read-only file system too.
    if (errorCode(error) === 'ENOENT') await requireWritable(resolve(folder));
    throw error;
  }
}

async function requireWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await requireWritable(dirname(path));
  }
}

/** Whether the system refused a call: a loop of links, a name too long, a broken disk. */
function isOfSystem(error: unknown): error is Error {
  return (
    error instanceof Error && 'syscall' in error && /^E[A-Z0-9]+$/.test(errorCode(error) ?? '')
  );
}

/** A name next to `path` that no other process uses; renamed to `path` once it is whole. */
export function temporaryName(path: string): string {
  const { pid, domain } = thisProcess();
  return `${path}.${pid}-${(domain ?? '').slice(0, 8)}-${randomUUID().slice(0, 8)}.tmp`;
}

const temporary = /\.(\d+)-([0-9a-f]{8})?-[0-9a-f]{8}\.tmp$/;
/** Milliseconds since its last write, after which a temporary file is nobody's. */
const FORGOTTEN = 3_600_000;
const cleaned = new Set<string>();

/** Removes what killed processes left under temporary names in a folder; once a process. */
export async function removeForgotten(folder: string): Promise<void> {
  if (cleaned.has(folder)) return;
  cleaned.add(folder);
  const ours = thisProcess().domain;
  for (const name of await readdir(folder).catch(() => [])) {
    const match = temporary.exec(name);
    if (!match) continue;
    const isOurs = ours !== null && match[2] === ours.slice(0, 8);
    const owner = { pid: Number(match[1]), started: null, domain: isOurs ? ours : null };
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    const isForgotten = hasEnded(owner) || Date.now() - mtimeMs > FORGOTTEN;
    if (isForgotten) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

/**
 * Writes a file so that it is seen whole or not at all: `write` fills a temporary file, which is
 * synced and renamed. Folders on the way are made.
 * @param place puts the temporary file where it belongs
 * @throws StudyError for a full disk, missing permission and the like.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  place: (temporary: string) => Promise<void> = (temporary) => rename(temporary, path),
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await makeFolder(dirname(path));
    await removeForgotten(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw diskError(error, path);
  }
}

/**
 * The same, but a file that is already there stays.
 * @returns whether it was written
 * @throws StudyError as `writeAtomically`
 */
export async function writeOnce(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<boolean> {
  let isOurs = true;
  await writeAtomically(path, write, async (temporary) => {
    try {
      await link(temporary, path);
    } catch (error) {
      isOurs = errorCode(error) !== 'EEXIST' && !existsSync(path);
      // A file system without links: of two at the same moment the last stays.
      if (isOurs) return rename(temporary, path);
    }
    await rm(temporary, { force: true });
  });
  return isOurs;
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
