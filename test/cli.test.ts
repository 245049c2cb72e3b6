import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './arrays/folder.ts';
import { bytesOf, sweepOf, writeSmall } from './commands/sweeps.ts';

const cli = fileURLToPath(new URL('../dist/bundle/cli.cjs', import.meta.url));
const folder = temporaryFolder();
const small = writeSmall(folder);

/** Starts `study` as a process of its own, from the built files. */
function start(...args: string[]) {
  return startIn(process.env, ...args);
}

function startIn(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

const study = (...args: string[]) => start(...args).ended;

describe('study', () => {
  it('lists its commands, and ends with 0', async () => {
    const { code, stdout, stderr } = await study('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const name of [
      'sweep',
      'plot',
      'fid',
      'kid',
      'estimate',
      'stats',
      'extract',
      'models',
      'calibrate',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  it('ends with 2 for a command or a flag that it does not know', async () => {
    const [command, flag] = await Promise.all([study('swep'), study('sweep', '--sises', '10')]);
    expect(command).toMatchObject({ code: 2, stdout: '' });
    expect(command.stderr).toMatch(/^error: unknown command 'swep'/);
    expect(flag).toMatchObject({ code: 2, stdout: '' });
    expect(flag.stderr).toMatch(/^error: unknown option '--sises'/);
  });

  it('prints an error that a user can mend in two lines, without a stack trace', async () => {
    const results = await Promise.all([
      study('sweep', '--source', 'cifar99', '--out', 'never'),
      study('sweep', '--source', small, '--seeds', '0', '--out', 'never'),
    ]);
    for (const { code, stdout, stderr } of results) {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^study: \S.*\n {2}\S.*\n$/);
      expect(stderr).not.toMatch(/^\s+at |StudyError/m);
    }
    expect(results[0]!.stderr).toContain('unknown source: cifar99');
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it.runIf(process.platform !== 'win32')(
    'shows the control characters of a name instead of obeying them',
    async () => {
      const name = '\x1b]0;title\x07\x1b[2J\x9b1m\u202egnp.\r\nstudy: all is well';
      const images = join(folder, 'names');
      mkdirSync(join(images, name), { recursive: true });
      writeFileSync(join(images, name, 'a.png'), 'no image');
      const results = await Promise.all([
        study('fid', `${name}.npy`, small),
        study('extract', '--images', images, '--glob', 'x', '--model', 'tiny', '--out', 'never'),
        study(name),
        study('fid', `--${name}`),
      ]);
      for (const { code, stdout, stderr } of results) {
        expect([code, stdout]).toEqual([2, '']);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must be absent
        expect(stderr).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
        expect(stderr).toContain('\\u001b]0;title\\u0007');
      }
      expect(results[0]!.stderr.split('\n')).toHaveLength(3);
    },
  );

  it.each(['1', '2'])(
    'leaves nothing in the home of its user, with %s workers',
    async (workers) => {
      const home = temporaryFolder();
      // Without $CI, for which onnxruntime keeps nothing anyway.
      const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home };
      const out = join(folder, `home-${workers}`);
      const flags = ['--source', small, '--sizes', '50', '--seeds', '3', '--workers', workers];
      expect(await startIn(env, 'sweep', ...flags, '--out', out).ended).toMatchObject({ code: 0 });
      expect(readdirSync(home)).toEqual([]);
    },
  );

  it('keeps finished draws at Ctrl-C, ends with 130, and goes on to the same bytes', async ({
    skip,
  }) => {
    if (process.platform === 'win32') skip('a signal from another process ends a child at once');
    const flags = ['--source', small, '--sizes', '100,20000', '--seeds', '60'];
    const [out, whole] = [join(folder, 'interrupted'), join(folder, 'whole')];
    const { child, ended } = start('sweep', ...flags, '--out', out, '--workers', '1');
    const journal = join(out, 'draws.jsonl');
    const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []);
    while (lines().length < 5 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toBe(
      'stopping; Ctrl-C again stops now\n' +
        'interrupted; the finished draws are kept: run the same command again to resume\n',
    );
    const kept = lines().slice(0, -1);
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.length).toBeLessThan(121);
    expect(existsSync(join(out, 'estimates.csv'))).toBe(false);

    // By the same code: sources' draws would be made anew.
    expect(await study('sweep', ...flags, '--out', out)).toMatchObject({ code: 0 });
    expect(lines().slice(0, kept.length)).toEqual(kept);
    await sweepOf(...flags, '--out', whole, '--workers', '2');
    expect(bytesOf(out)).toEqual(bytesOf(whole));
  });
});
