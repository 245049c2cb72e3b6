import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { tarMembers } from '../arrays/tar.ts';
import { StudyError } from '../errors.ts';

const unzip = promisify(gunzip);

/** More than any package that we read; stops a zip bomb. */
const maxOutputLength = 2 ** 30;

/**
 * The plain files of a .tar.gz, by path; links and folders are skipped.
 *
 * @throws StudyError if the archive is truncated or damaged
 */
export async function readTarball(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  let tar: Buffer;
  try {
    tar = await unzip(bytes, { maxOutputLength });
  } catch (cause) {
    throw damaged((cause as Error).message, { cause });
  }
  return untar(tar);
}

/** The plain files of an unzipped archive, as views of `tar`. */
export async function untar(tar: Buffer): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const read = async (from: number, length: number) => tar.subarray(from, from + length);
  for await (const member of tarMembers({ size: tar.length, read }, 'the tarball')) {
    const { name, type, start, size } = member;
    if (type === 'file') files.set(name, tar.subarray(start, start + size));
  }
  return files;
}

function damaged(why: string, options?: ErrorOptions): StudyError {
  return new StudyError(`damaged tarball: ${why}`, 'get the tarball again', options);
}
