import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder, temporaryName } from '../../arrays/disk.ts';
import { sha256OfFile } from '../../arrays/sha256.ts';
import { StudyError } from '../../errors.ts';
import { cacheFolder } from '../../provenance/cache-folder.ts';
import type { Variation } from './variations.ts';

// The same relative path from src/studies/jitter and from dist/studies/jitter.
const source = new URL('../../../experiments/jitter/hide-instructions.c', import.meta.url);

/**
 * Environment variables that hide some of the processor's vector instructions from a process.
 * @throws StudyError on other systems than Linux on x64, and without a C compiler
 */
export async function environmentOf(
  instructions: Variation['instructions'],
): Promise<Readonly<Record<string, string>>> {
  if (instructions === 'all') return {};
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new StudyError(
      `no way to hide instructions on ${process.platform} ${process.arch}`,
      'use Linux on x64, or --instructions all',
    );
  }
  const name = instructions.replace('no-', '');
  return { LD_PRELOAD: await library(), HIDE_INSTRUCTIONS: name };
}

/** Exit code of a process whose processor cannot hide anything. */
export const CANNOT_HIDE = 86;

async function library(): Promise<string> {
  const hash = (await sha256OfFile(fileURLToPath(source))).slice(0, 16);
  const path = cacheFolder('tools', `hide-instructions-${hash}.so`);
  if (existsSync(path)) return path;
  await makeFolder(dirname(path));
  const temporary = temporaryName(path);
  const words = ['-O2', '-shared', '-fPIC', '-o', temporary, fileURLToPath(source), '-ldl'];
  await promisify(execFile)('cc', words).catch((cause) => {
    throw new StudyError(
      'no C compiler, which hiding instructions needs',
      'install one as cc, or use --instructions all',
      { cause },
    );
  });
  await rename(temporary, path);
  return path;
}
