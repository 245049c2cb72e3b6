import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { StudyError } from '../errors.ts';

const unzip = promisify(gunzip);
const block = 512;

/** More than any package that we read; stops a zip bomb. */
const maxOutputLength = 2 ** 30;

/**
 * The plain files of a .tar.gz, by path. For npm's tarballs: ustar headers with short names;
 * links, folders and extended headers are skipped.
 *
 * Format: POSIX.1-1988 ustar, https://www.gnu.org/software/tar/manual/html_node/Standard.html
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
export function untar(tar: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + block <= tar.length) {
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return files;
    if (octal(header, 148, 8) !== checksum(header)) throw damaged(`bad checksum at byte ${at}`);
    const size = octal(header, 124, 12);
    const start = at + block;
    if (start + size > tar.length) throw damaged('it ends early');
    const kind = header[156];
    if (kind === 0 || kind === 0x30) files.set(path(header), tar.subarray(start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  throw damaged('it ends early');
}

function path(header: Buffer): string {
  const prefix = text(header, 345, 155);
  const name = text(header, 0, 100);
  return prefix ? `${prefix}/${name}` : name;
}

/** A field up to its first NUL. */
function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw damaged(`bad number '${digits}'`);
  return Number.parseInt(digits, 8);
}

/** Sum of the header's bytes with its own checksum field (148 to 155) taken as spaces. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

function damaged(why: string, options?: ErrorOptions): StudyError {
  return new StudyError(`damaged tarball: ${why}`, 'get the tarball again', options);
}
