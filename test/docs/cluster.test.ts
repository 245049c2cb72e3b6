import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { extractCommand } from '../../src/commands/extract.ts';
import { runCommand } from '../../src/commands/run.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { workerCommand } from '../../src/commands/worker.ts';
import { wordsOf } from '../../src/jobs/words.ts';
import { at, Page } from './page.ts';

const { text } = new Page('docs/cluster.md');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\``, 'gm'))].map(
    ([, code]) => code!,
  );
const commands: readonly Command[] = [
  sweepCommand(),
  runCommand(),
  workerCommand(),
  extractCommand(),
];

/** Reads a command line as the command would, without doing anything. */
function parse(line: string): Record<string, unknown> {
  const [, name, ...words] = wordsOf(line);
  const command = commands.find((each) => each.name() === name);
  if (!command) throw new Error(`no command: ${line}`);
  let found: Record<string, unknown> = {};
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {
      found = command.opts();
    })
    .parse(words, { from: 'user' });
  return found;
}

describe('docs/cluster.md', () => {
  it('shows commands that there are, with flags that they have', () => {
    const code = [...blocks('sh'), ...blocks('bash')].join('\n');
    const prose = [...text.matchAll(/`(?:srun )?(study [^`]+)`/g)].map(([, line]) => line!);
    const shown = [...code.matchAll(/^ *(study .+)$/gm)].map(([, line]) => line!);
    expect(shown.length).toBeGreaterThan(5);
    for (const line of [...shown, ...prose]) expect(() => parse(line), line).not.toThrow();
    const workers = shown.filter((line) => line.startsWith('study worker'));
    for (const line of workers) expect(parse(line)).toMatchObject({ of: 25 });
  });

  it('has templates that a shell, JSON and a list of words can read', () => {
    const scripts = blocks('bash');
    expect(scripts).toHaveLength(3);
    for (const script of scripts) {
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
    const [batch] = blocks('json').map((each) => JSON.parse(each));
    expect(batch.arrayProperties.size).toBe(25);
    expect(parse(['study', ...batch.containerOverrides.command].join(' '))).toEqual({ of: 25 });
    const [yaml] = blocks('yaml');
    const args = JSON.parse(/^ +args: (\[.*\])$/m.exec(yaml!)![1]!);
    expect(parse(['study', ...args].join(' '))).toEqual({ of: 25, workers: 4 });
    expect(yaml).toMatch(/completionMode: Indexed\n +completions: 25\n/);
  });

  it.each(['cpu', 'cuda'])('goes with a Dockerfile (%s) of what there is', (name) => {
    const path = `docker/${name}.Dockerfile`;
    expect(text).toContain(`(../${path})`);
    const lines = readFileSync(at(path), 'utf8').replaceAll('\\\n', ' ').split('\n');
    const { scripts, files } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const source of copied) expect(existsSync(at(source)), source).toBe(true);
    // All that the program needs of what is published.
    const whole = [...copied, 'dist'];
    const needed = files.filter(
      (each: string) => !/^(docs|examples|CHANGELOG|CITATION)/.test(each),
    );
    expect(needed.filter((each: string) => !whole.includes(each))).toEqual([]);
    const instructions = /^(#.*|(FROM|WORKDIR|COPY|RUN|ENV|ENTRYPOINT) .+)?$/;
    expect(lines.filter((line) => !instructions.test(line))).toEqual([]);
    for (const [, script] of lines.join('\n').matchAll(/npm run (\S+)/g)) {
      expect(scripts).toHaveProperty([script!]);
    }
  });
});
