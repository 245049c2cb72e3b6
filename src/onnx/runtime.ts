import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudyError } from '../errors.ts';

type Runtime = typeof import('onnxruntime-node');

const require = createRequire(import.meta.url);
// The same relative path from src/onnx and from dist/onnx.
const root = fileURLToPath(new URL('../..', import.meta.url));
let loaded: Runtime | undefined;

/**
 * From 1.29 on onnxruntime keeps an identifier of the machine in the user's cache and sends Microsoft what
 * sessions it opens, with names of their graphs, unless this is set before it is loaded. It reads the
 * environment of the process, which a worker thread cannot change: whoever starts one has loaded this.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/**
 * onnxruntime-node, loaded at the first call. It is an optional dependency: npm up to 11 leaves it out if
 * its install script fails, and everything that computes no product works without it.
 * @throws StudyError if it is not installed, or has no build for this system
 */
export function onnxruntime(): Runtime {
  try {
    loaded ??= require('onnxruntime-node') as Runtime;
    return loaded;
  } catch (cause) {
    throw notLoaded(cause, root);
  }
}

/** @param packageFolder the folder of fid-study */
export function notLoaded(cause: unknown, packageFolder: string): StudyError {
  const [reason = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
  if (reason.includes("'onnxruntime-node'")) {
    return new StudyError(
      'onnxruntime-node is not installed; npm leaves it out if its install script fails',
      `install it without the script: ${installLine(packageFolder)}`,
      { cause },
    );
  }
  return new StudyError(
    `onnxruntime-node does not load on ${process.platform} ${process.arch}: ${reason}`,
    'it has builds for linux (glibc) and win32 on x64 and arm64, and for darwin on arm64',
    { cause },
  );
}

/** The command that installs a missing dependency, for a project, npx's cache or -g. */
function installLine(packageFolder: string): string {
  const [project = '', installed] = packageFolder.split(`${sep}node_modules${sep}`);
  // Only the folder of global packages has no package.json.
  if (installed !== undefined && !existsSync(join(project, 'package.json'))) {
    return 'npm install --global --ignore-scripts fid-study';
  }
  const folder = installed === undefined ? packageFolder.replace(/[\\/]$/, '') : project;
  return `npm install --ignore-scripts --prefix ${/\s/.test(folder) ? `"${folder}"` : folder}`;
}
