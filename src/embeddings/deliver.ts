import { constants } from 'node:fs';
import { copyFile, link, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { diskError, makeFolder, temporaryName } from '../arrays/disk.ts';
import { StudyError } from '../errors.ts';
import { featuresName, type Manifest, writeManifest } from './manifest.ts';
import { writeNames } from './names.ts';

/**
 * Puts a cached set into the user's folder: `features.npy` as a hard link if the file system allows
 * it, else as a copy, the names, and last a manifest of its own.
 * @param names of the rows
 * @throws StudyError for a full disk, missing permission and similar
 */
export async function deliver(
  cached: string,
  out: string,
  manifest: Manifest,
  names: Iterable<string>,
): Promise<void> {
  const from = join(cached, featuresName);
  const to = join(out, featuresName);
  try {
    await makeFolder(out);
    // A new link would change the file's times: it would be hashed again.
    if (!(await isSameFile(from, to))) await linkOrCopy(from, to);
  } catch (error) {
    throw diskError(error, to);
  }
  await writeNames(out, names);
  await writeManifest(out, manifest);
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  // Some file systems number no files.
  return one !== undefined && one.ino > 0n && one.ino === other?.ino && one.dev === other.dev;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  const temporary = temporaryName(to);
  try {
    try {
      await link(from, temporary);
    } catch {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    }
    // Renaming one hard link onto another of the same file does nothing and leaves both.
    await rename(temporary, to);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
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
