import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError, temporaryName } from '../arrays/disk.ts';
import { featuresName, type Manifest, writeManifest } from './manifest.ts';

/**
 * Puts a cached set into a folder of the user's: `features.npy` as a second name of the same file
 * where the file system allows it, or a copy, and a manifest of its own, which goes in last.
 * @throws StudyError for a full disk, missing permission and the like
 */
export async function deliver(cached: string, out: string, manifest: Manifest): Promise<void> {
  const from = join(cached, featuresName);
  const to = join(out, featuresName);
  const temporary = temporaryName(to);
  try {
    await mkdir(out, { recursive: true });
    try {
      await link(from, temporary);
    } catch {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    }
    // Renaming one name of a file onto another of it does nothing and leaves both.
    await rename(temporary, to);
  } catch (error) {
    throw diskError(error, to);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
  await writeManifest(out, manifest);
}
