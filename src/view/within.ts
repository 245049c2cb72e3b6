import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/**
 * The real path of something below a folder; undefined if it is not there, or if dots, or a link, lead out
 * of the folder.
 *
 * @param path as a page names it, with `/`
 */
export async function within(root: string, path: string): Promise<string | undefined> {
  if (path.includes('\0')) return undefined;
  const real = await realpath(root);
  const found = await realpath(resolve(real, ...path.split('/').filter(Boolean))).catch(() => {
    return undefined;
  });
  if (found === undefined) return undefined;
  return found === real || found.startsWith(real + sep) ? found : undefined;
}
