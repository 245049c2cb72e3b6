import type { Extract, Header } from 'tar-stream';
import { StudyError } from '../errors.ts';

/** What a tar says of one of its members. */
export interface TarMember {
  readonly name: string;
  /** `link` is a hard link. Folders and such are `other`. */
  readonly type: 'file' | 'link' | 'symlink' | 'other';
  /** Of a link: the name of another member, or a path from the link's folder. */
  readonly target: string;
  /** Where its bytes begin, and how many there are. */
  readonly start: number;
  readonly size: number;
}

/** Bytes that are read by position, such as a file. */
export interface TarBytes {
  readonly size: number;
  /** Fewer bytes only at the end. */
  read(position: number, length: number): Promise<Buffer>;
}

const block = 512;
/** Holds a header whose name is in a short extended header before it, as most are. */
const firstBytes = 5 * block;
/** tar-stream reads extended headers of at most 4 MiB. */
const mostHeaderBytes = 2 ** 23;
const longestName = 4096;

/**
 * The members of a tar in its order. The headers alone are read, by tar-stream: ustar, PAX, GNU and
 * the format before POSIX. What lies after the end mark is not read, as by GNU tar.
 * @param path for messages
 * @param region of the bytes that is a tar; all of them by default
 * @throws StudyError if the tar is damaged, ends early or holds sparse files
 */
export async function* tarMembers(
  bytes: TarBytes,
  path: string,
  region: { readonly start: number; readonly end: number } = { start: 0, end: bytes.size },
): AsyncGenerator<TarMember> {
  // Loaded where there is a tar: most commands see none.
  const { extract } = await import('tar-stream');
  // tar-stream has this option, for tars from before POSIX; its types do not.
  const parserOf = () => extract({ allowUnknownFormat: true } as object);
  for (let at = region.start; ; ) {
    const feed = (from: number, length: number) =>
      bytes.read(from, Math.max(0, Math.min(length, region.end - from)));
    const first = await feed(at, firstBytes);
    // Where the end mark is missing, so may be members: a writer was interrupted, or a copy.
    if (first.length < block) throw endsEarly(path);
    if (isEmpty(first)) return;
    const { header, length } = await headerAt(parserOf(), at, first, feed, path);
    const start = at + length;
    const flag = String.fromCharCode((await feed(start - block + 156, 1))[0]!);
    const member = memberOf(header, flag, start, path);
    const end = member.start + member.size;
    if (end > region.end) throw endsEarly(path);
    yield member;
    at = member.start + Math.ceil(member.size / block) * block;
  }
}

/** Whether the first 512 bytes of a file are the header of a tar, by its checksum. */
export function beginsTar(head: Uint8Array): boolean {
  if (head.length < block) return false;
  const stated = Buffer.from(head).toString('latin1', 148, 156);
  const sum = head
    .subarray(0, block)
    .reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return /^ *[0-7]+[ \0]*$/.test(stated) && Number.parseInt(stated, 8) === sum && !isEmpty(head);
}

const isEmpty = (bytes: Uint8Array) => bytes.subarray(0, block).every((byte) => byte === 0);

/** Feeds a header, and those that extend it, to a parser of its own. */
async function headerAt(
  parser: Extract,
  at: number,
  first: Buffer,
  feed: (from: number, length: number) => Promise<Buffer>,
  path: string,
): Promise<{ header: Header; length: number }> {
  let header: (Header & { readonly byteOffset?: number }) | undefined;
  let failure: Error | undefined;
  parser.on('entry', (found) => {
    header ??= found;
  });
  parser.on('error', (error) => {
    failure ??= error;
  });
  let piece = first;
  for (let done = 0; ; ) {
    parser.write(piece);
    done += piece.length;
    // The parser works in microtasks.
    await new Promise(setImmediate);
    if (header) return { header, length: header.byteOffset! };
    if (failure) throw damaged(path, `${reason(failure)} at byte ${at}`, failure);
    if (done > mostHeaderBytes) throw damaged(path, `a header at byte ${at} has no end`);
    piece = await feed(at + done, done);
    if (piece.length === 0) throw endsEarly(path);
  }
}

function memberOf(header: Header, flag: string, start: number, path: string): TarMember {
  const { name, size, type, linkname, pax } = header;
  // Their bytes are not in one piece.
  if (flag === 'S' || Object.keys(Object(pax)).some((key) => key.startsWith('GNU.sparse'))) {
    throw new StudyError(`${path} holds the sparse file ${name}`, 'pack it again without --sparse');
  }
  if (name.length > longestName) throw damaged(path, `a name of ${name.length} characters`);
  if (!Number.isSafeInteger(size)) throw damaged(path, `${name} of ${size} bytes`);
  // Before POSIX a slash at the end was all that told a folder.
  const isFile = (type === 'file' || type === 'contiguous-file') && !name.endsWith('/');
  // A null is a type that is not known: its bytes are passed over.
  const hasBytes = isFile || type === null;
  return {
    name,
    type: isFile ? 'file' : type === 'link' || type === 'symlink' ? type : 'other',
    target: linkname ?? '',
    start,
    size: hasBytes ? size : 0,
  };
}

function reason(error: Error): string {
  return /checksum|Invalid tar header/.test(error.message) ? 'a bad checksum' : error.message;
}

function endsEarly(path: string): StudyError {
  return new StudyError(`${path} is a damaged tar: it ends early`, 'fetch or pack it again, whole');
}

function damaged(path: string, why: string, cause?: unknown): StudyError {
  return new StudyError(`${path} is a damaged tar: ${why}`, 'fetch or pack it again', { cause });
}
