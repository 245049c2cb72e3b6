import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What decides the numbers; results, notebooks and texts do not. */
const deciding = ['src', 'wasm', 'experiments', 'package.json', 'package-lock.json'];

/**
 * The commit of a clone, with `-dirty` where files that decide its numbers are other than committed;
 * null where the folder is no clone, or git is not there.
 */
export function commitOf(root: string): string | null {
  // Without this, an installed package would name the commit of the project that it is part of.
  if (!existsSync(join(root, '.git'))) return null;
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  try {
    const changed = git('status', '--porcelain', '--', ...deciding).split('\n');
    // A new module is code; an experiment of one's own is not, and its manifest has its settings.
    const counts = changed.filter((line) => line !== '' && !line.startsWith('?? experiments'));
    return git('rev-parse', 'HEAD') + (counts.length > 0 ? '-dirty' : '');
  } catch {
    return null;
  }
}
