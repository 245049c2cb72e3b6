import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * Where models and embeddings are kept between runs: the folder in `STUDY_CACHE`, or else the
 * user's own cache folder (`~/.cache/fid-study`, `~/Library/Caches/fid-study`,
 * `%LOCALAPPDATA%\fid-study\Cache`). Nothing is created.
 *
 * @param inside path below it, e.g. `cacheFolder('models', name)`
 * @returns an absolute path
 */
export function cacheFolder(...inside: string[]): string {
  // Read at each call. '' counts as unset, which is what a shell's `STUDY_CACHE= study …` means.
  const root = process.env.STUDY_CACHE || envPaths('fid-study', { suffix: '' }).cache;
  return resolve(root, ...inside);
}
