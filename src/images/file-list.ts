import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import picomatch from 'picomatch';
import { diskError } from '../arrays/disk.ts';
import { StudyError } from '../errors.ts';
import { listFiles } from './folder.ts';
import { byCodeUnit } from './names.ts';

/** More than any list of shards is long. */
const mostFiles = 100_000;
const longestPattern = 4096;

/** Whether a path that is not there may be a list of files: `shard-{000..127}.tar` or `a/*.tar`. */
export function isPattern(path: string): boolean {
  return /[*?[]|\{[^{}]*(?:,|\.\.)[^{}]*\}/.test(path);
}

/**
 * The files that a pattern names: those of braces in their order, which all must be there, and what
 * matches `*`, `?`, `[…]` and `**`, by name.
 * @throws StudyError if one in braces is missing, or nothing matches
 */
export async function filesOfPattern(pattern: string): Promise<string[]> {
  if (pattern.length > longestPattern) {
    throw new StudyError(
      `a pattern of ${pattern.length} characters`,
      `give one of at most ${longestPattern}`,
    );
  }
  const files: string[] = [];
  const missing: string[] = [];
  for (const each of expandBraces(pattern)) {
    const found = /[*?[]/.test(each) ? await matching(each) : await existing(each);
    if (found.length === 0) missing.push(each);
    for (const file of found) files.push(file);
    if (files.length > mostFiles) throw tooMany(pattern);
  }
  if (files.length === 0) {
    throw new StudyError(`no file matches ${pattern}`, 'check the pattern and its folder');
  }
  if (missing.length > 0) {
    const shown = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
    throw new StudyError(
      `${missing.length} of the files of ${pattern} ${missing.length === 1 ? 'is' : 'are'} missing: ${shown}`,
      'fetch what is missing, or name the files that are there',
    );
  }
  return [...new Set(files)];
}

async function existing(path: string): Promise<string[]> {
  return (await stat(path).catch(() => undefined)) ? [path] : [];
}

/** `a{0..2}b` and `a{x,y}b` in full; numbers keep their leading zeros. @throws if there are too many */
export function expandBraces(pattern: string): string[] {
  const found = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(pattern);
  if (!found) return [pattern];
  const [, before = '', within = '', after = ''] = found;
  const rest = expandBraces(after);
  const choices = rangeOf(within) ?? within.split(',');
  if (choices.length * rest.length > mostFiles) throw tooMany(pattern);
  return choices.flatMap((choice) => rest.map((each) => before + choice + each));
}

function rangeOf(within: string): string[] | undefined {
  const found = /^(\d{1,9})\.\.(\d{1,9})$/.exec(within);
  if (!found) return undefined;
  const [, first = '', last = ''] = found;
  const [from, to] = [Number(first), Number(last)];
  const count = Math.abs(to - from) + 1;
  if (count > mostFiles) throw tooMany(`{${within}}`);
  const padded = [first, last].some((each) => /^0\d/.test(each));
  const width = padded ? Math.max(first.length, last.length) : 0;
  const step = to < from ? -1 : 1;
  return Array.from({ length: count }, (_, i) => String(from + i * step).padStart(width, '0'));
}

/** Goes down folder by folder, so that others than those that may match are not walked. */
async function matching(pattern: string): Promise<string[]> {
  const parts = pattern.split(sep === '/' ? '/' : /[\\/]/);
  let found = [parts[0] === '' ? '/' : ''];
  for (const [i, part] of parts.entries()) {
    if (part === '') continue;
    if (part === '**') {
      const isBelow = picomatch(parts.slice(i).join('/'));
      const lists = found.map(async (folder) =>
        (await listFiles(folder || '.'))
          .filter((name) => isBelow(name))
          .map((name) => join(folder, name)),
      );
      return (await Promise.all(lists)).flat().sort(byCodeUnit);
    }
    found = (await Promise.all(found.map((folder) => inFolder(folder, part)))).flat();
  }
  const files = await Promise.all(found.map(async (path) => (await stat(path)).isFile()));
  return found.filter((_, i) => files[i]).sort(byCodeUnit);
}

async function inFolder(folder: string, part: string): Promise<string[]> {
  if (!/[*?[]/.test(part)) return existing(join(folder, part));
  const isMatch = picomatch(part);
  const names = await readdir(folder || '.').catch((error) => {
    if (error.code === 'ENOTDIR') return [];
    throw diskError(error, folder || '.');
  });
  return names.filter((name) => isMatch(name)).map((name) => join(folder, name));
}

function tooMany(pattern: string): StudyError {
  return new StudyError(
    `${pattern} names more than ${mostFiles} files`,
    `give at most ${mostFiles}`,
  );
}
