import { constants } from 'node:fs';
import { copyFile, link, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { diskError, makeFolder, temporaryName } from '../arrays/disk.ts';
import { StudyError } from '../errors.ts';
import { featuresName, type Manifest, writeManifest } from './manifest.ts';

/**
 * Puts a cached set into the user's folder: `features.npy` as a hard link if the file system allows
 * it, else as a copy, and last a manifest of its own.
 * @throws StudyError for a full disk, missing permission and similar
 */
export async function deliver(cached: string, out: string, manifest: Manifest): Promise<void> {
  const from = join(cached, featuresName);
  const to = join(out, featuresName);
  const temporary = temporaryName(to);
  try {
    await makeFolder(out);
    try {
      await link(from, temporary);
    } catch {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    }
    // Renaming one hard link onto another of the same file does nothing and leaves both.
    await rename(temporary, to);
  } catch (error) {
    throw diskError(error, to);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
  await writeManifest(out, manifest);
}

/**
 * Refuses to write features into the folder of their images or below it: the folder would then count
 * as features, and images added later would be ignored.
 * @param images what the user named
 * @throws StudyError
 */
export async function requireOutside(out: string, images: string): Promise<void> {
  const [inner, outer] = [await realPathOf(out), await realPathOf(images)];
  if (inner !== outer && !inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)) return;
  throw new StudyError(
    `--out ${out} is inside the images: ${images}`,
    'give another folder, such as --out features',
  );
}

/** The path without links, also if its last parts do not exist. */
async function realPathOf(path: string): Promise<string> {
  const full = resolve(path);
  try {
    return await realpath(full);
  } catch {
    const above = dirname(full);
    return above === full ? full : join(await realPathOf(above), basename(full));
  }
}
