import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { decodeImage } from './decode.ts';
import { byCodeUnit, isImageName } from './names.ts';
import type { ImageSource } from './source.ts';

/**
 * The images in a folder and the folders below it, links followed.
 * @throws StudyError where the folder cannot be read.
 */
export async function openFolder(path: string): Promise<ImageSource> {
  const names = (await listFiles(path)).filter(isImageName).sort(byCodeUnit);
  return {
    path,
    names,
    async read(index) {
      const file = join(path, names[index]!);
      return readFile(file).catch((error) => {
        throw diskError(error, file);
      });
    },
    decode: (bytes, index) => decodeImage(bytes, join(path, names[index]!)),
    async close() {},
  };
}

/**
 * The names of all files below a folder, `/` between folders, in no order.
 * @throws StudyError where a folder cannot be read.
 */
export async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  // A link to a folder above would go round for ever: each real folder is walked once.
  const walked = new Set<string>();

  async function walk(folder: string, prefix: string): Promise<void> {
    const real = await realpath(folder);
    if (walked.has(real)) return;
    walked.add(real);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      const target = entry.isSymbolicLink() ? await stat(full).catch(() => undefined) : entry;
      if (target?.isDirectory()) await walk(full, `${prefix}${entry.name}/`);
      // A link to nothing is listed, so that reading it names it.
      else if (!target || target.isFile()) files.push(prefix + entry.name);
    }
  }

  try {
    await walk(root, '');
  } catch (error) {
    throw diskError(error, root);
  }
  return files;
}
