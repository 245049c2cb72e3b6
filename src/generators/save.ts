import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { diskError, makeFolder, writeAtomically } from '../arrays/disk.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { errorCode, StudyError } from '../errors.ts';
import type { DecodedImage, ImageSource } from '../images/source.ts';
import { streamHash } from './open.ts';

/** In a folder of saved images: which generator and seed they are of. Hidden, so that it is no image. */
const noteName = '.generator.json';

/**
 * A generator's images, each saved as a PNG when it is drawn. Those that are there already are kept.
 *
 * @throws StudyError if the folder holds anything else
 */
export async function saving(source: ImageSource, folder: string): Promise<ImageSource> {
  await prepare(source, folder);
  return {
    ...source,
    async decode(bytes, index) {
      const image = await source.decode(bytes, index);
      await save(image, pathOf(source, folder, index));
      return image;
    },
  };
}

/**
 * Draws and saves the images whose features were in the cache, so that nothing drew them.
 *
 * @param onDone called with the images looked at
 * @throws StudyError for an image that is none, or a full disk; the signal's reason once it is aborted
 */
export async function saveMissing(
  source: ImageSource,
  folder: string,
  signal?: AbortSignal,
  onDone?: (images: number, total: number) => void,
): Promise<void> {
  const { length } = source.names;
  for (let index = 0; index < length; index += 1) {
    signal?.throwIfAborted();
    const path = pathOf(source, folder, index);
    if (!existsSync(path)) await save(await source.decode(await source.read(index), index), path);
    onDone?.(index + 1, length);
  }
}

function pathOf({ names }: ImageSource, folder: string, index: number): string {
  return join(folder, `${names[index]}.png`);
}

async function save({ data, width, height }: DecodedImage, path: string): Promise<void> {
  if (existsSync(path)) return;
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  await writeAtomically(path, (file) => writeFile(file, png));
}

function isNoteInWriting(name: string): boolean {
  return name.startsWith(`${noteName}.`) && name.endsWith('.tmp');
}

/** Saved images of two generators in one folder could not be told apart. */
async function prepare(source: ImageSource, folder: string): Promise<void> {
  const note = join(folder, noteName);
  const wanted = `${JSON.stringify({ stream: streamHash(source), treatment: source.treatment })}\n`;
  const found = await readText(note, longestOfUsers).catch((error) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, note);
  });
  if (found === wanted) return;
  if (found !== undefined) {
    throw new StudyError(
      `${folder} holds images of another generator or seed`,
      'give another folder: --save-images DIR',
    );
  }
  try {
    await makeFolder(folder);
    // A killed run may have left the note unfinished.
    const others = (await readdir(folder)).filter((name) => !isNoteInWriting(name));
    if (others.length > 0) {
      throw new StudyError(
        `${folder} is not empty, and its files are not images of this generator`,
        'give an empty or a new folder: --save-images DIR',
      );
    }
  } catch (error) {
    throw diskError(error, folder);
  }
  await writeAtomically(note, (file) => writeFile(file, wanted));
}
