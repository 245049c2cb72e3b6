// How long commands take that compute next to nothing: the launcher and what it loads. As installed: a
// clone also looks for sources that are newer than dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timeGoal } from './goals.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { seconds } from './tables.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 15;
const QUESTION = '--dataset cifar10 --label-protocol none --fid 9.75 --from 5000 --to 50000';

export async function bench({ quick, folder }) {
  const installed = join(folder, 'installed');
  mkdirSync(installed);
  cpSync(join(root, 'bin'), join(installed, 'bin'), { recursive: true });
  for (const part of ['dist', 'node_modules', 'package.json']) {
    symlinkSync(join(root, part), join(installed, part));
  }
  const study = join(installed, 'bin', 'study.js');
  const python = process.env.STUDY_PYTHON ?? 'python3';
  const commands = {
    'node -e 0': [process.execPath, '-e', '0'],
    'study --version': [process.execPath, study, '--version'],
    'study correct': [process.execPath, study, 'correct', ...QUESTION.split(' ')],
    'python3 -c "import numpy, scipy.linalg"': [python, '-c', 'import numpy, scipy.linalg'],
  };
  const rounds = quick ? 3 : ROUNDS;
  const ways = Object.entries(commands).map(([name, of]) => [name, () => run(of)]);
  const found = await inTurns(Object.fromEntries(ways), rounds);
  const rows = Object.entries(found).map(([name, value]) => ({ '': name, wall: seconds(value) }));
  const goals = ['study --version', 'study correct'].map((name) =>
    timeGoal(name, found[name], 0.15),
  );
  const notes = [ofRounds(rounds), 'Without $NODE_EXTRA_CA_CERTS (docs/limits.md).'];
  return [{ title: 'Start', rows, goals, notes }];
}

/** Certificates of a company's network, all of which Node 20 parses before it reads a line. */
const { NODE_EXTRA_CA_CERTS, ...env } = process.env;

async function run([program, ...args]) {
  const child = spawn(program, args, { stdio: 'ignore', env });
  await once(child, 'exit');
}
