import { spawn } from 'node:child_process';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/bundle/cli.cjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  /** Whether it was killed before it came to its end. */
  readonly isKilled: boolean;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * Runs `study` in a process of its own, as compiled.
 *
 * @param cache its folder for what is kept between runs
 * @param killAfter milliseconds, after which it is killed by SIGKILL
 */
export function study(args: readonly string[], cache: string, killAfter?: number): Promise<Ended> {
  return script([cli, ...args], { STUDY_CACHE: cache }, killAfter);
}

/** Runs Node with these arguments. */
export function script(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  killAfter?: number,
): Promise<Ended> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const timer = killAfter && setTimeout(() => child.kill('SIGKILL'), killAfter);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (timer) clearTimeout(timer);
      const milliseconds = performance.now() - start;
      resolve({ code, isKilled: signal === 'SIGKILL', stderr, milliseconds });
    });
  });
}

/** What a run leaves for its user: all but journals, which have times, and a file of times. */
export function resultsIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = pathOf(entry);
    if (!entry.isFile() || /\.jsonl$|^timings\.csv$/.test(entry.name)) continue;
    files.set(relative(folder, path), readFileSync(path, 'latin1'));
  }
  return files;
}

/** Names of files that do not have the bytes of `expected`, are missing, or are too many. */
export function differences(
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...actual.keys(), ...expected.keys()]);
  return [...names].filter((name) => actual.get(name) !== expected.get(name)).sort();
}

/** Locks and files that were not finished, anywhere below a folder. */
export function leftIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(pathOf)
    .filter((path) => /\.tmp$|\.lock($|\.)|\.partial$/.test(path));
}

function pathOf({ parentPath, path, name }: Dirent & { readonly path?: string }): string {
  // Node 20 of the first years has it under another name.
  return join(parentPath ?? path, name);
}
