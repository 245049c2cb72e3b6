import { open, realpath, stat } from 'node:fs/promises';
import { diskError } from '../arrays/disk.ts';
import { openZip } from '../arrays/zip.ts';
import { errorCode, StudyError } from '../errors.ts';
import { filesOfPattern, isPattern } from './file-list.ts';

/** What is at a path: enough to tell the formats apart that are read here. */
export type Found = FoundFolder | FoundZip | FoundFile | FoundList;

export interface FoundFolder {
  readonly type: 'folder';
  readonly path: string;
}

/** What a pattern names, such as `shard-{000..127}.tar`. */
export interface FoundList {
  readonly type: 'list';
  readonly path: string;
  readonly files: readonly string[];
}

/** A zip under any name: images, an .npz, or a .pt of PyTorch. */
export interface FoundZip {
  readonly type: 'zip';
  readonly path: string;
  readonly names: readonly string[];
  /** The files in it. */
  readonly members: readonly string[];
}

export interface FoundFile {
  readonly type: 'file';
  readonly path: string;
  /** The path and, for a link, its target: either may have the extension. */
  readonly names: readonly string[];
  /** Its first 512 bytes, or fewer if it is shorter. */
  readonly head: Uint8Array;
}

const headBytes = 512;
/** A zip begins with a file's header; an empty one with the end of its directory. */
const pickleMagic = 0x80;
const zipMagic = [Buffer.from('PK\x03\x04'), Buffer.from('PK\x05\x06')];

/**
 * Looks at a path once, by content: a link or a zip may have any name. The extension decides only if
 * the content does not: a damaged .zip is still a zip, and its reader says what is wrong.
 *
 * @throws StudyError if nothing is there, it is neither a file nor a folder, or it is a damaged zip
 */
export async function look(path: string): Promise<Found> {
  const at = await stat(path).catch((error) => {
    if (errorCode(error) === 'ENOENT' && isPattern(path)) return undefined;
    throw diskError(error, path);
  });
  if (!at) return { type: 'list', path, files: await filesOfPattern(path) };
  if (at.isDirectory()) return { type: 'folder', path };
  // Reading a pipe could block forever.
  if (!at.isFile()) {
    throw new StudyError(`${path} is neither a file nor a folder`, 'save it to a file first');
  }
  const names = [path, await realpath(path)];
  const head = await firstBytes(path);
  const isZip = zipMagic.some((magic) => magic.equals(head.subarray(0, 4)));
  // PyTorch's legacy format is a pickle, whatever its name.
  const isNamed = head[0] !== pickleMagic && hasExtension({ names }, 'zip', 'npz', 'pt');
  if (!isZip && !isNamed) {
    return { type: 'file', path, names, head };
  }
  const zip = await openZip(path);
  await zip.close();
  return { type: 'zip', path, names, members: zip.members.map(({ name }) => name) };
}

/** Whether a file, or what it links to, has one of these extensions, in any case. */
export function hasExtension(
  { names }: Pick<FoundFile, 'names'>,
  ...extensions: readonly string[]
): boolean {
  return names.some((name) => extensions.some((each) => name.toLowerCase().endsWith(`.${each}`)));
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(error, path);
  }
}
