import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openRegular } from '../arrays/regular-file.ts';
import { sha256Stream } from '../arrays/sha256.ts';

/** What tells one state of a file from another without reading it. */
export interface FileStamp {
  /** Which file: its device and inode. */
  readonly id: string;
  /** Size and times, to the nanosecond. Another content has another state, once it is settled. */
  readonly state: string;
  readonly size: number;
  /** Whether it was last written long enough ago that a later write moves its time. */
  readonly isSettled: boolean;
}

/**
 * Milliseconds. Two writes within one tick of a file system's clock leave the same time: 4 ms on ext4,
 * 2 s on FAT, 1 s on old network file systems.
 */
const COARSEST = 2000;

/** The stamp of a regular file. A network file system tells the true times of open files only. */
export async function fileStamp(path: string): Promise<FileStamp> {
  const { file } = await openRegular(path);
  try {
    return stampOf(await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

// Enough to hide the latency of a network file system.
const atOnce = 16;

/** One stamp of many files. */
export interface FilesStamp extends Pick<FileStamp, 'state' | 'isSettled'> {
  /** Their sizes and times of writing alone, which are the same on every machine that has the files. */
  readonly portable: string;
}

/**
 * One stamp of many files, in their order; not settled if one of them is not.
 *
 * @returns undefined if one of them cannot be looked at
 * @throws the signal's reason once it is aborted
 */
export async function stampOfFiles(
  files: Iterable<string>,
  signal?: AbortSignal,
): Promise<FilesStamp | undefined> {
  const [hash, portable] = [sha256Stream(), sha256Stream()];
  let isSettled = true;
  let some: string[] = [];
  const take = async () => {
    signal?.throwIfAborted();
    for (const stats of await Promise.all(some.map((path) => stat(path, { bigint: true })))) {
      const stamp = stampOf(stats);
      hash.update(`${stamp.id} ${stamp.state}\n`);
      portable.update(`${stats.size} ${stats.mtimeNs}\n`);
      isSettled &&= stamp.isSettled;
    }
    some = [];
  };
  try {
    for (const path of files) if (some.push(path) === atOnce) await take();
    await take();
  } catch (error) {
    signal?.throwIfAborted();
    // Whoever reads the file says why it cannot be read.
    if (Object(error).code === undefined) throw error;
    return undefined;
  }
  return { state: hash.digest('hex'), portable: portable.digest('hex'), isSettled };
}

/** The time of change is compared too: programs that copy a file's times cannot set it. */
function stampOf({ dev, ino, size, mtimeNs, ctimeNs, mtimeMs }: BigIntStats): FileStamp {
  return {
    id: `${dev}:${ino}`,
    state: `${size} ${mtimeNs} ${ctimeNs}`,
    size: Number(size),
    // A time in the future, of another clock, tells nothing.
    isSettled: Date.now() - Number(mtimeMs) > COARSEST,
  };
}
