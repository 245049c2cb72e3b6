import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Paths that decide the numbers; results, notebooks and texts do not. */
const deciding = ['src', 'wasm', 'experiments', 'package.json', 'package-lock.json'];

/**
 * The commit of a clone, with `-dirty` if files that decide its numbers differ from the commit; null if
 * the folder is not a clone or git is missing.
 */
export function commitOf(root: string): string | null {
  // Without this, an installed package would report the commit of the project around it.
  if (!existsSync(join(root, '.git'))) return null;
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  try {
    const changed = git('status', '--porcelain', '--', ...deciding).split('\n');
    // A new module is code. A user's own experiment is not; its manifest records its settings.
    const counts = changed.filter((line) => line !== '' && !line.startsWith('?? experiments'));
    return git('rev-parse', 'HEAD') + (counts.length > 0 ? '-dirty' : '');
  } catch {
    return null;
  }
}
