import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { readWhole } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from './decode.ts';
import { labelsOfFolders } from './labels.ts';
import { byCodeUnit, isImageName, requireCount } from './names.ts';
import { passedOver } from './passed-over.ts';
import { mostImageBytes, requireImageBytes } from './pixels.ts';
import type { ImageSource } from './source.ts';

/**
 * The images in a folder and the folders below it, links followed.
 * @throws StudyError if the folder cannot be read.
 */
export async function openFolder(path: string): Promise<ImageSource> {
  const files = await listFiles(path);
  const names = files.filter(isImageName).sort(byCodeUnit);
  requireCount(names.length, path);
  const fileOf = (index: number) => join(path, names[index]!);
  return {
    path,
    names,
    ...passedOver(files, isImageName),
    treatmentOf,
    labels: async () => labelsOfFolders(names),
    *files() {
      for (const name of names) yield join(path, name);
    },
    async size(index) {
      const file = fileOf(index);
      const { size } = await stat(file).catch((error) => {
        throw diskError(error, file);
      });
      requireImageBytes(size, file);
      return size;
    },
    pixels: (bytes, index) => pixelsOf(bytes, fileOf(index)),
    async read(index) {
      const file = fileOf(index);
      return readWhole(file, mostImageBytes).catch((error) => {
        throw diskError(error, file);
      });
    },
    decode: (bytes, index) => decodeImage(bytes, fileOf(index)),
    async close() {},
  };
}

/** Far more than any set has besides its images. */
const mostFiles = 2 ** 25;

/**
 * The names of all files below a folder, `/` between folders, in no order.
 * @throws StudyError if a folder cannot be read.
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
    if (files.length > mostFiles) {
      throw new StudyError(`${root} holds more than ${mostFiles} files`, 'name a folder of images');
    }
  }

  try {
    await walk(root, '');
  } catch (error) {
    throw diskError(error, root);
  }
  return files;
}
