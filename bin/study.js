#!/usr/bin/env node
// In a clone there is no dist/ yet (install scripts are off, see .npmrc), and after a `git pull` it
// is stale: compile then. An installed package has no src/*.ts and runs dist/ as it is.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist', 'cli.js');
const bundled = join(root, 'dist', 'bundle', 'cli.js');
const source = join(root, 'src');

function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((file) => file.isFile() && file.name.endsWith('.ts'))
      .map((file) => statSync(join(file.parentPath ?? file.path, file.name)).mtimeMs),
  );
}

if (existsSync(source) && changed(compiled) < newest(source)) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) {
    console.error('study is not built and typescript is not installed; run `npm ci` first');
    process.exit(2);
  }
  console.error('compiling once, about 10 s …');
  // Nothing is written on an error, or the next start would take it for built.
  const flags = ['-p', join(root, 'tsconfig.build.json'), '--noEmitOnError'];
  const built = spawnSync(process.execPath, [tsc, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (built.status !== 0) process.exit(1);
  await import('./bundle.js');
}

/** When a file was written; 0 if it does not exist. */
function changed(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Modules are opened all at once; where that fails, Node may also say that one of them is missing. */
function isOutOfFiles({ code }) {
  if (code === 'EMFILE' || code === 'ENFILE') return true;
  const limit = process.report?.getReport().userLimits?.open_files?.soft;
  return code === 'ERR_MODULE_NOT_FOUND' && limit < 256;
}

// A bundle that is older than its modules was left by a build that was broken off.
await import(changed(bundled) < changed(compiled) ? compiled : bundled).catch((error) => {
  if (!isOutOfFiles(Object(error))) throw error;
  console.error('study: too many files are open to load the program');
  console.error('  raise the limit, as by `ulimit -n 4096`, and run it again');
  process.exit(2);
});
