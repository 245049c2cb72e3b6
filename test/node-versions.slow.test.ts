import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './arrays/folder.ts';

const study = fileURLToPath(new URL('../bin/study.js', import.meta.url));
const folder = temporaryFolder();

/** The path of another version of Node from the npm registry; null where there is none to be had. */
function nodeOf(version: number): string | null {
  // Node's package puts its program in place by an install script, which a user's npm may refuse.
  const env = { ...process.env, npm_config_ignore_scripts: 'false' };
  const args = [
    '--yes',
    '--package',
    `node@${version}`,
    '--',
    'node',
    '--print',
    'process.execPath',
  ];
  const { stdout } = spawnSync('npx', args, { cwd: folder, env, encoding: 'utf8' });
  const path = stdout?.trim() ?? '';
  const printed = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return printed.stdout?.startsWith(`v${version}.`) ? path : null;
}

/** What commands print and write on a version of Node, but for what names the machine and its Node. */
function resultsOn(node: string, name: string): string[] {
  const out = join(folder, name);
  mkdirSync(out);
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(node, [study, ...args], {
      cwd: out,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout.replace(/^\d+ draws in .*$/m, '');
  };
  const printed = [
    run('sweep', '--sizes', '600,2500', '--seeds', '3', '--out', 'sweep'),
    run(
      'plan',
      '--bias',
      '0.5',
      '--difference',
      '0.3',
      '--fid',
      '4',
      '--dataset',
      'cifar10',
      '--out',
      'plan',
    ),
    run('correct', '--fid', '9.75', '--from', '5000', '--to', '50000', '--dataset', 'cifar10'),
  ];
  const files = [
    'sweep/estimates.csv',
    'sweep/performance.csv',
    'sweep/fid-against-n.svg',
    'plan/plan.csv',
  ];
  return [...printed, ...files.map((file) => readFileSync(join(out, file), 'utf8'))];
}

const here = Number(process.versions.node.split('.')[0]);

describe('the same command', () => {
  const expected = resultsOn(process.execPath, 'here');

  for (const version of [20, 22, 24].filter((each) => each !== here)) {
    it(`prints and writes the same bytes on Node ${version}`, ({ skip }) => {
      const node = nodeOf(version);
      if (node === null) return skip(`Node ${version} cannot be had from the npm registry`);
      expect(resultsOn(node, `node-${version}`)).toEqual(expected);
    });
  }
});
