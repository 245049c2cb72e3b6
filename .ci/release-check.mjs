// npm run release:check: whether what `npm publish` would send can be installed and used. Packs this
// checkout, installs the tarball in an empty folder with an empty npm cache and none of our settings,
// and uses it there as a stranger would. What only the owner can fill in is named at the end, and
// fails nothing.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tools = join(root, 'node_modules');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'fid-study-release-'));
// Settings of the npm that runs this script are ours, not the user's.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
);
env.npm_config_cache = join(work, 'npm-cache');

class Failed extends Error {}

try {
  const tarball = step('npm pack builds and packs', pack);
  step('publint', () => run(root, join(tools, '.bin', 'publint'), '--strict', tarball));
  step('attw', () => run(root, join(tools, '.bin', 'attw'), '--profile', 'esm-only', tarball));
  const user = step('npm install --ignore-scripts', () => install(tarball));
  step('npx fid-study and npx study', () => versions(user));
  step('npx study sweep --sizes 5000,50000 --seeds 10', () => sweep(user));
  step('a script that imports the library', () => run(user, 'node', 'sweep.mjs', 'library'));
  for (const resolution of ['nodenext', 'bundler']) {
    step(`tsc of a consumer, ${resolution}`, () => compile(user, resolution));
  }
  step("npm install where onnxruntime-node's script fails", () => withoutScript(tarball));
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
const missing = ['repository', 'homepage', 'bugs'].filter((field) => !(field in manifest));
if (missing.length > 0) {
  console.log(`for a publication the owner has still to fill in: ${missing.join(', ')}`);
}

function pack() {
  const { stdout } = run(root, 'npm', 'pack', '--json', '--pack-destination', work);
  // Up to npm 11 an array, from 12 on an object by name; what prepack prints may stand before it.
  const [{ filename, files }] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))));
  const packed = new Set(files.map(({ path }) => path));
  const needed = ['bin/study.js', 'dist/cli.js', 'dist/index.js', 'dist/index.d.ts'];
  const absent = needed.filter((path) => !packed.has(path));
  if (absent.length > 0) throw new Failed(`not packed: ${absent.join(', ')}`);
  return join(work, filename);
}

function install(tarball) {
  const user = emptyFolder('user');
  run(user, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball);
  cpSync(join(user, 'node_modules', manifest.name, 'examples'), user, { recursive: true });
  return user;
}

function versions(user) {
  for (const name of Object.keys(manifest.bin)) {
    const { stdout } = run(user, 'npx', '--no', '--', name, '--version');
    if (stdout.trim() !== manifest.version) throw new Failed(`npx ${name}: ${stdout}`);
  }
}

function sweep(user) {
  const flags = ['--sizes', '5000,50000', '--seeds', '10', '--out', 'sweep'];
  run(user, 'npx', '--no', '--', 'study', 'sweep', ...flags);
  const rows = readFileSync(join(user, 'sweep', 'estimates.csv'), 'utf8')
    .trim()
    .split('\n');
  const failed = rows.slice(1).filter((row) => !row.includes(',ok,'));
  if (rows.length !== 21 || failed.length > 0) throw new Failed(rows.join('\n'));
}

/** All declarations that the package's reach, without Node's types; the examples with them. */
function compile(user, resolution) {
  writeFileSync(
    join(user, 'consumer.ts'),
    `import * as study from '${manifest.name}';\nexport const all: object = study;\n`,
  );
  const module = resolution === 'bundler' ? 'esnext' : resolution;
  const common = {
    module,
    moduleResolution: resolution,
    target: 'es2023',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    allowJs: true,
    checkJs: true,
  };
  for (const [file, types] of [
    ['consumer.ts', []],
    ['*.mjs', ['node']],
  ]) {
    const compilerOptions = { ...common, types, typeRoots: [join(tools, '@types')] };
    const project = { compilerOptions, include: [file] };
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify(project));
    run(user, 'node', join(tools, 'typescript', 'bin', 'tsc'), '-p', '.');
  }
}

/**
 * npm up to 11 runs onnxruntime-node's install script, here with a setting that it refuses. npm must
 * go on without the package, and the line that our error names must bring it.
 */
function withoutScript(tarball) {
  const folder = emptyFolder('without');
  const failing = { ...env, ONNXRUNTIME_NODE_INSTALL: 'refused' };
  run({ cwd: folder, env: failing }, 'npm', 'install', '--no-audit', '--no-fund', tarball);
  const sweepOfTwo = ['npx', '--no', '--', 'study', 'sweep', '--sizes', '250', '--seeds', '2'];
  if (!existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) {
    const { status, stderr } = start(folder, ...sweepOfTwo);
    const line = /: (npm install .*)$/m.exec(stderr)?.[1];
    if (status !== 2 || line === undefined) throw new Failed(`${status}: ${stderr}`);
    run(folder, ...line.split(' '));
  }
  run(folder, ...sweepOfTwo);
}

function emptyFolder(name) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return folder;
}

function step(name, action) {
  const start = performance.now();
  process.stdout.write(`${name} … `);
  try {
    const result = action();
    console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
    return result;
  } catch (error) {
    console.log('failed');
    throw error;
  }
}

/** Runs a command to its end. */
function start(where, command, ...words) {
  const options = typeof where === 'string' ? { cwd: where, env } : where;
  // On Windows npm and npx are scripts of the shell.
  const shell = process.platform === 'win32';
  return spawnSync(command, words, { ...options, shell, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

/** The same; what fails is shown. */
function run(where, command, ...words) {
  const result = start(where, command, ...words);
  if (result.status !== 0) {
    const output = [result.stdout, result.stderr, result.error].filter(Boolean).join('\n');
    throw new Failed(`${command} ${words.join(' ')} ended with ${result.status}\n${output}`);
  }
  return result;
}
