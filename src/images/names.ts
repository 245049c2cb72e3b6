import { runInNewContext } from 'node:vm';
import picomatch from 'picomatch';
import { StudyError } from '../errors.ts';

const extensions = /\.(bmp|jpe?g|pgm|png|ppm|tiff?|webp)$/i;

/**
 * Whether a file is taken for an image, by its name: the extensions that pytorch-fid takes, in any
 * case. Files that macOS leaves in folders and zips (`__MACOSX/`, `._name.jpg`) do not count.
 */
export function isImageName(name: string): boolean {
  return extensions.test(name) && !isHiddenName(name);
}

/** Whether a file, or a folder on the way to it, is hidden, or of what macOS leaves. */
export function isHiddenName(name: string): boolean {
  return /(^|\/)(\.|__MACOSX\/)/.test(name);
}

/** Characters of a pattern. */
const longestGlob = 4096;

/** The most images of a set: their names alone take a gigabyte. */
export const mostImages = 2 ** 24;

/** @throws StudyError if a set would have more images than any may */
export function requireCount(count: number, path: string): void {
  if (count <= mostImages) return;
  throw new StudyError(
    `${path} holds ${count} images`,
    `a set may have ${mostImages}: split it, or name a part of it`,
  );
}

/** By UTF-16 code unit, the same on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Names for the images of an array: `000017`, as wide as the last one needs, six digits at least.
 * @throws StudyError if `path` has more than any set may
 */
export function numberedNames(count: number, path: string, prefix = ''): string[] {
  requireCount(count, path);
  const width = Math.max(6, String(count - 1).length);
  return Array.from({ length: count }, (_, i) => prefix + String(i).padStart(width, '0'));
}

/**
 * The positions of the names that match a glob. A pattern may begin at the root or at any folder
 * that all names share (`train/**` finds `cifar10/train/cat/0001.jpg` where all are in `cifar10/`);
 * one without a slash matches the file's own name; one that ends in a slash, all that is below it.
 * @throws StudyError if nothing matches, with some of the names; where the pattern is empty, or
 * takes far longer to match than any other
 */
export function matchGlob(names: readonly string[], glob: string, path: string): number[] {
  if (glob === '' || glob.length > longestGlob) {
    const length = glob.length === 0 ? 'is empty' : `has ${glob.length} characters`;
    throw new StudyError(
      `the pattern of --glob ${length}`,
      `leave it out to take all images, or give 1 to ${longestGlob}, such as '*.png' or 'train/**'`,
    );
  }
  // Some ten times what the slowest of sound patterns takes.
  const milliseconds = 2000 + Math.ceil(names.length / 20);
  const found = within(milliseconds, () => positionsOf(names, glob));
  if (found === undefined) {
    throw new StudyError(
      `the pattern '${glob}' takes too long to match, more than ${milliseconds} ms`,
      'write it with fewer stars and without repeated groups, such as +(…) and (…)+',
    );
  }
  if (found.length === 0) {
    const some = [names[0], names[Math.floor(names.length / 2)], names.at(-1)];
    throw new StudyError(
      `no image in ${path} matches '${glob}'`,
      `names there look like: ${[...new Set(some)].join(', ')}`,
    );
  }
  return found;
}

function positionsOf(names: readonly string[], glob: string): number[] {
  const pattern = glob.endsWith('/') ? `${glob}**` : glob;
  const matches = picomatch(pattern, { basename: !pattern.includes('/') });
  const shared = sharedFolders(names);
  const found: number[] = [];
  names.forEach((name, index) => {
    const starts = shared.map((folder) => name.slice(folder.length));
    if (starts.some((each) => matches(each))) found.push(index);
  });
  return found;
}

/**
 * What a call gives; undefined if it is not done in time. A pattern becomes a regular expression,
 * and one that backtracks without end can only be broken off.
 */
function within<Value>(milliseconds: number, call: () => Value): Value | undefined {
  try {
    return runInNewContext('call()', { call }, { timeout: milliseconds }) as Value;
  } catch (error) {
    // An Error of the other context, not of ours.
    if (Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}

/** Every folder that all names begin with: `''`, `cifar10/`, `cifar10/train/`, … */
function sharedFolders(names: readonly string[]): string[] {
  const first = names[0] ?? '';
  const folders = [''];
  for (let at = first.indexOf('/'); at >= 0; at = first.indexOf('/', at + 1)) {
    const folder = first.slice(0, at + 1);
    if (!names.every((name) => name.startsWith(folder))) break;
    folders.push(folder);
  }
  return folders;
}
