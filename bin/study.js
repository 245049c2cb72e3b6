#!/usr/bin/env node
// In a clone there is no dist/ yet (install scripts are off, see .npmrc), and after a `git pull` it
// is stale: compile then. An installed package has no src/*.ts and runs dist/ as it is.
//
// A CommonJS module (bin/package.json): files of modules are read by libuv's threads, whose number is
// fixed from then on. Images are decoded by them, and by default there are four.
const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

process.env.UV_THREADPOOL_SIZE ??= String(Math.min(64, Math.max(4, availableParallelism())));

// What V8 compiled is kept for the next start, in Node's own folder of temporary files; Node 20 cannot.
enableCompileCache?.();

const root = join(__dirname, '..');
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

async function build() {
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
  await import('./bundle.mjs');
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

async function run() {
  if (existsSync(source) && changed(compiled) < newest(source)) await build();
  // A bundle that is older than its modules was left by a build that was broken off.
  const entry = changed(bundled) < changed(compiled) ? compiled : bundled;
  await import(pathToFileURL(entry).href).catch((error) => {
    if (!isOutOfFiles(Object(error))) throw error;
    console.error('study: too many files are open to load the program');
    console.error('  raise the limit, as by `ulimit -n 4096`, and run it again');
    process.exit(2);
  });
}

run();
