#!/usr/bin/env node
// In a clone there is no dist/ yet (install scripts are off, see .npmrc), and after a `git pull` it
// is stale: compile then. An installed package has no src/*.ts and runs dist/ as it is.
//
// A CommonJS module (bin/package.json): files of modules are read by libuv's threads, whose number is
// fixed from then on. Images are decoded by them, and by default there are four.
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
const bundled = join(root, 'dist', 'bundle', 'cli.cjs');
const source = join(root, 'src');

/** Every start in a clone looks at every source: with readdirSync's own recursion that takes twice as long. */
function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) time = Math.max(time, newest(path));
    else if (entry.name.endsWith('.ts')) time = Math.max(time, statSync(path).mtimeMs);
  }
  return time;
}

async function build() {
  const { spawnSync } = require('node:child_process');
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

async function run() {
  if (existsSync(source) && changed(compiled) < newest(source)) await build();
  // A bundle that is older than its modules was left by a build that was broken off.
  if (changed(bundled) < changed(compiled)) await import(pathToFileURL(compiled).href);
  else require(bundled);
}

run();
