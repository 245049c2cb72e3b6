import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StudyError } from '../../src/errors.ts';
import { nsfwInceptionV3 } from '../../src/models/nsfw-inception-v3.ts';

/** Runs with `STUDY_CACHE` set to an empty folder of its own, which is removed afterwards. */
export async function withEmptyCache<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const before = process.env.STUDY_CACHE;
  const folder = mkdtempSync(join(tmpdir(), 'study cache ')); // with spaces, as users have
  process.env.STUDY_CACHE = folder;
  try {
    return await run(folder);
  } finally {
    if (before === undefined) delete process.env.STUDY_CACHE;
    else process.env.STUDY_CACHE = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tarball of nsfwjs, or why there is none: the npm registry may be out of reach. */
export async function fetchTarball(): Promise<Uint8Array | string> {
  try {
    return await nsfwInceptionV3.source.fetch();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    return `skipped: ${error.message}`;
  }
}
