import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { completionCommand } from '../../src/commands/completion.ts';
import { withConventions } from '../../src/commands/conventions.ts';
import { correctCommand } from '../../src/commands/correct.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { readRecords } from '../../src/tables/records.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from './run.ts';
import { writeSmall } from './sweeps.ts';

const folder = temporaryFolder();
const sweep = () => {
  const command = sweepCommand();
  withConventions(command);
  return command;
};
const SMALL = ['--source', writeSmall(folder), '--seeds', '2', '--workers', '1'];

describe('--json', () => {
  it('of a sweep has its folder, files, summary and the rows of its tables', async () => {
    const out = join(folder, 'sweep');
    const lines = await runCommand(sweep(), [
      ...SMALL,
      '--sizes',
      '50,0.3k',
      '--out',
      out,
      '--json',
    ]);
    const found = JSON.parse(lines.join('\n'));
    expect(found.folder).toBe(out);
    expect(found.files).toContain('report.html');
    for (const file of found.files) expect(existsSync(join(out, file))).toBe(true);
    expect(found.summary.join()).toContain('300');
    expect(found.rows['estimates.csv']).toEqual(await readRecords(join(out, 'estimates.csv')));
    expect(found.rows['estimates.csv']).toHaveLength(4);
  });

  it('of an answer has all digits, and where its files are', async () => {
    const out = join(folder, 'correct');
    const command = correctCommand();
    withConventions(command);
    const args = ['--fid', '9.75', '--from', '5k', '--to', '5e4', '--dataset', 'cifar10'];
    const lines = await runCommand(command, [...args, '--out', out, '--json']);
    const found = JSON.parse(lines.join('\n'));
    expect(found.corrected.num_gen).toBe(50_000);
    expect(found.folder).toBe(out);
    expect(found.files).toContain('correction.csv');
  });
});

it('--quiet prints nothing but errors, and the console is as before', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const out = join(folder, 'quiet');
  expect(await runCommand(sweep(), [...SMALL, '--sizes', '50', '--out', out, '--quiet'])).toEqual(
    [],
  );
  expect(existsSync(join(out, 'estimates.csv'))).toBe(true);
  expect(error).not.toHaveBeenCalled();
  await expect(runCommand(sweep(), ['--sizes', 'many', '--quiet'])).rejects.toThrow('many');
});

describe('completion', () => {
  const all = async () => [
    new Command('sweep')
      .description("a sweep's")
      .addOption(new Option('--estimand <kind>').choices(['auto', 'pool']))
      .option('--out <dir>'),
    new Command('models')
      .addCommand(new Command('pull').option('--all'))
      .addCommand(new Command('list')),
  ];
  const script = async (shell: string) =>
    (await runCommand(completionCommand(all), [shell])).join('\n');
  const complete = async (...words: string[]) => {
    const ask = `${await script('bash')}
COMP_WORDS=(study ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_study; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8', cwd: folder }).trim().split(' ');
  };

  it('of bash knows commands, subcommands, options and their values', async () => {
    expect(await complete('sw')).toEqual(['sweep']);
    expect(await complete('sweep', '--')).toEqual(['--estimand', '--out']);
    expect(await complete('sweep', '--estimand', 'p')).toEqual(['pool']);
    expect(await complete('models', 'pu')).toEqual(['pull']);
    expect(await complete('models', 'pull', '--')).toEqual(['--all']);
    expect(await complete('sweep', '--out', 'qui')).toEqual(['quiet']);
  });

  it('of zsh and fish name every option', async () => {
    const zsh = await script('zsh');
    expect(zsh).toMatch(/^#compdef study fid-study/);
    const fish = await script('fish');
    expect(fish).toContain("-l estimand -x -a 'auto pool'");
    expect(fish).toContain(`-d 'a sweep'\\''s'`);
  });

  it('refuses another shell', async () => {
    await expect(
      runCommand(completionCommand(all).configureOutput({ writeErr() {} }), ['csh']),
    ).rejects.toThrow();
  });
});
