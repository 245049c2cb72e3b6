import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem, version } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitOf } from './commit.ts';

/** The machine and the software that made a result, enough to explain a difference. */
export interface Environment {
  /** Version of this package. */
  readonly study: string;
  /** Commit of a clone, with `-dirty` where its code was changed; null for an installed package. */
  readonly commit: string | null;
  readonly node: string;
  /** Versions of the libraries that decide bytes: those that package.json pins exactly. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Platform, architecture and kernel; `os` is the name that users know it by. */
  readonly system: string;
  readonly os: string;
  readonly cpu: string;
  /**
   * Vector instructions of the processor for which libraries have their own kernels, which round in
   * another order; empty if the system does not list them.
   */
  readonly instructions: readonly string[];
  /** Logical processors that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
}

const require = createRequire(import.meta.url);
// The same relative path from src/provenance and from dist/provenance.
const root = fileURLToPath(new URL('../..', import.meta.url));
let known: Environment | undefined;

/** Describes this machine and these versions; looked up once per process. */
export function environment(): Environment {
  known ??= {
    study: packageVersion(),
    commit: commitOf(root),
    node: process.versions.node,
    libraries: Object.fromEntries(pinned().map((name) => [name, libraryVersion(name)])),
    system: `${platform()} ${arch()} ${release()}`,
    os: osName(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    instructions: instructions(),
    memoryBytes: totalmem(),
  };
  return known;
}

/** `Debian GNU/Linux 12 (bookworm)`; elsewhere the system's own version text. */
function osName(): string {
  const text = readOr('', '/etc/os-release');
  return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1] ?? version();
}

const vectorInstructions =
  /^(sse4_2|avx|avx2|fma|f16c|avx_vnni|avx512[a-z]*(_[a-z0-9]+)?|amx_[a-z0-9]+|asimd[a-z]*|sve2?|i8mm|bf16)$/i;

/** From Linux's /proc/cpuinfo or macOS' sysctl. */
function instructions(): string[] {
  const text =
    platform() === 'darwin'
      ? outputOf('sysctl', '-n', 'machdep.cpu.features', 'machdep.cpu.leaf7_features')
      : (/^(?:flags|Features)\s*:(.*)$/m.exec(readOr('', '/proc/cpuinfo'))?.[1] ?? '');
  const words = text.toLowerCase().replaceAll('.', '_').split(/\s+/);
  return [...new Set(words.filter((word) => vectorInstructions.test(word)))].sort();
}

function readOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

function outputOf(command: string, ...words: string[]): string {
  try {
    return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** The version in package.json. */
export function packageVersion(): string {
  return versionIn(join(root, 'package.json'));
}

export function libraryVersion(name: string): string {
  // Not `require('sharp/package.json')`: a package need not export its package.json.
  const files = (require.resolve.paths(name) ?? []).map((path) => join(path, name, 'package.json'));
  const file = files.find((path) => existsSync(path));
  return file === undefined ? 'unknown' : versionIn(file);
}

interface PackageFile {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Our dependencies pinned to one version: another version may change a byte of a result. */
function pinned(): string[] {
  const { dependencies, optionalDependencies } = packageFile(join(root, 'package.json'));
  return Object.entries({ ...dependencies, ...optionalDependencies })
    .filter(([, range]) => /^\d/.test(range))
    .map(([name]) => name)
    .sort();
}

function versionIn(path: string): string {
  return packageFile(path).version ?? 'unknown';
}

function packageFile(path: string): PackageFile {
  return JSON.parse(readFileSync(path, 'utf8')) as PackageFile;
}
