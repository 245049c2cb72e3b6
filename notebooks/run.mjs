// npm run notebooks [-- NAMES] [--check] [--install]: executes the notebooks from first to last cell
// and saves what they print, always in the same form. With --check nothing is written: it fails where
// a notebook prints something else than what is saved. The TypeScript kernel comes from npm; Jupyter's
// nbconvert must be there, or --install gets it from Debian's packages.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { normalised } from './normalised.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const debian = ['jupyter-nbconvert', 'python3-ipykernel', 'jupyter-client'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
  },
});

const all = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
const chosen = positionals.length === 0 ? all : positionals.flatMap(matching);
const nbconvert = findNbconvert();
installKernel();

const scratch = mkdtempSync(join(tmpdir(), 'study-notebooks-'));
let failed = 0;
try {
  for (const name of chosen) if (!execute(name, scratch)) failed++;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${chosen.length - failed} of ${chosen.length} notebooks ran; they are in ${folder}`);
process.exitCode = failed > 0 ? 1 : 0;

/** The notebooks whose names begin so: `01` will do. */
function matching(start) {
  const found = all.filter((name) => name.startsWith(start));
  if (found.length === 0) fail(`no notebook named ${start}; there are ${all.join(', ')}`);
  return found;
}

/** The command of nbconvert: Debian's, or whichever `jupyter` the user has. */
function findNbconvert() {
  const candidates = [
    [process.env.JUPYTER ?? 'jupyter', 'nbconvert'],
    ['jupyter-nbconvert'],
    ['/usr/bin/jupyter-nbconvert'],
  ];
  const find = () => candidates.find(([command, ...rest]) => runs(command, [...rest, '--version']));
  let found = find();
  if (!found && values.install) {
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...debian]);
    found = find();
  }
  return (
    found ??
    fail(
      `Jupyter's nbconvert is missing: apt-get install ${debian.join(' ')} (or --install, as root), or pip install nbconvert ipykernel; $JUPYTER names a jupyter elsewhere`,
    )
  );
}

/** tslab from npm as its lock file pins it, and this package beside it as a user would have it. */
function installKernel() {
  const modules = join(folder, 'node_modules');
  if (!existsSync(join(modules, 'tslab'))) run('npm', ['ci', '--no-audit', '--no-fund'], folder);
  const link = join(modules, 'fid-study');
  if (!existsSync(link)) symlinkSync('../..', link, 'junction');
  // The launcher compiles what has changed, so that the notebooks see the sources as they are.
  run(process.execPath, [join(folder, '..', 'bin', 'study.js'), '--version'], folder, 'ignore');
}

/** Runs one notebook; says whether it came through (and, with --check, printed what is saved). */
function execute(name, scratch) {
  const kernels = join(scratch, 'kernels', 'tslab');
  mkdirSync(kernels, { recursive: true });
  const tslab = join(folder, 'node_modules', 'tslab', 'bin', 'tslab');
  const spec = {
    argv: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
  };
  writeFileSync(join(kernels, 'kernel.json'), JSON.stringify(spec));
  const [command, ...rest] = nbconvert;
  const flags = ['--to', 'notebook', '--execute', '--ExecutePreprocessor.timeout=900'];
  const paths = ['--output-dir', scratch, '--output', name, join(folder, name)];
  const env = { ...process.env, JUPYTER_PATH: scratch };
  const { status } = spawnSync(command, [...rest, ...flags, ...paths], { stdio: 'inherit', env });
  if (status !== 0) return false;

  const text = normalised(readFileSync(join(scratch, name), 'utf8'));
  const path = join(folder, name);
  if (!values.check) {
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
    return true;
  }
  if (text === readFileSync(path, 'utf8')) return true;
  writeFileSync(`${path}.tmp`, text);
  console.error(`${name} prints something else than what is saved; see ${path}.tmp`);
  return false;
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function run(command, args, cwd = folder, stdio = 'inherit') {
  const { status, error } = spawnSync(command, args, { cwd, stdio });
  if (status !== 0) fail(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
