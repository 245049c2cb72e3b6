import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The machine and the software that made a result: what one needs to explain a difference. */
export interface Environment {
  /** Version of this package. */
  readonly study: string;
  /** Commit of a clone, with `-dirty` where files were changed; null for an installed package. */
  readonly commit: string | null;
  readonly node: string;
  /** Versions of the libraries that compute or decode. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly system: string;
  readonly cpu: string;
  /** Logical processors that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
}

const require = createRequire(import.meta.url);
// The same relative path from src/provenance and from dist/provenance.
const root = fileURLToPath(new URL('../..', import.meta.url));
const libraries = ['onnxruntime-node', 'sharp', 'seedrandom'];
let known: Environment | undefined;

/** Describes this machine and these versions; looked up once a process. */
export function environment(): Environment {
  known ??= {
    study: packageVersion(),
    commit: commit(),
    node: process.versions.node,
    libraries: Object.fromEntries(libraries.map((name) => [name, libraryVersion(name)])),
    system: `${platform()} ${arch()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
  return known;
}

/** The version in package.json. */
export function packageVersion(): string {
  return versionIn(join(root, 'package.json'));
}

function libraryVersion(name: string): string {
  try {
    // Not `require('sharp/package.json')`: a package may keep its package.json to itself.
    const main = require.resolve(name);
    const folder = main.slice(0, main.lastIndexOf(join('node_modules', name)));
    return versionIn(join(folder, 'node_modules', name, 'package.json'));
  } catch {
    return 'unknown';
  }
}

function versionIn(path: string): string {
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: string };
  return version ?? 'unknown';
}

function commit(): string | null {
  // Without this, an installed package would name the commit of the project that it is part of.
  if (!existsSync(join(root, '.git'))) return null;
  try {
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', root, ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', 'HEAD') + (changed ? '-dirty' : '');
  } catch {
    return null;
  }
}
