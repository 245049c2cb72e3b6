import { join } from 'node:path';
import { diskError, writeAtomically, writeFully } from '../arrays/disk.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** Next to features: the image of each row, a line each. The manifest has its hash. */
export const namesName = 'names.txt';

/** Lines written at a time: the text of a million names is never in memory as a whole. */
const some = 4096;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const unescapes = new Map(Object.entries(escapes).map(([mark, text]) => [text, mark]));

/**
 * The names as lines of a text. A backslash, a line feed and a carriage return in a name are written
 * as `\\`, `\n` and `\r`.
 */
function* pieces(names: Iterable<string>): Generator<Buffer> {
  let lines: string[] = [];
  for (const name of names) {
    lines.push(`${name.replace(/[\\\n\r]/g, (mark) => escapes[mark]!)}\n`);
    if (lines.length < some) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(lines.join(''));
}

/** sha256 of the text of names. */
export function hashOfNames(names: Iterable<string>): string {
  const hash = sha256Stream();
  for (const piece of pieces(names)) hash.update(piece);
  return hash.digest('hex');
}

/** @throws StudyError for a full disk, missing permission and the like */
export async function writeNames(folder: string, names: Iterable<string>): Promise<void> {
  await writeAtomically(join(folder, namesName), async (file) => {
    let position = 0;
    for (const piece of pieces(names)) {
      await writeFully(file, piece, position);
      position += piece.length;
    }
  });
}

/** Bytes of a text of names: 16 million of 64. Engines have no strings of 512 MiB. */
const longest = 2 ** 29 - 32;

/**
 * The image of each row of a folder of features.
 *
 * @param folder that `study extract` wrote
 * @throws StudyError if the folder has no names, or others than its manifest says
 */
export async function readNames(
  folder: string,
  manifest?: Pick<Manifest, 'rows' | 'images'>,
): Promise<readonly string[]> {
  const { rows, images } = manifest ?? (await readManifest(folder));
  if (Array.isArray(images.names)) return images.names;
  const path = join(folder, namesName);
  const text = await readText(path, longest).catch((error) => {
    throw diskError(error, path);
  });
  const names = text.split('\n').slice(0, -1);
  if (sha256Of(text) !== images.names.sha256 || names.length !== rows) {
    throw new StudyError(
      `${path} was changed after it was written: the manifest next to it has another hash`,
      'run the same study extract again: its features are in the cache',
    );
  }
  return names.map((line) => line.replace(/\\[\\nr]/g, (mark) => unescapes.get(mark)!));
}
