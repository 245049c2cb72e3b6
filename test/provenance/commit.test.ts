import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitOf } from '../../src/provenance/commit.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const root = temporaryFolder();
const git = (...words: string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
    encoding: 'utf8',
  }).trim();
const write = (name: string, text: string) => writeFileSync(join(root, name), text);

describe('commitOf', () => {
  it('is null where there is no clone', () => {
    expect(commitOf(join(root, 'nowhere'))).toBeNull();
  });

  it('is dirty where code or experiments have changed, and only there', () => {
    git('init', '-q');
    for (const folder of ['src', 'results', 'experiments']) mkdirSync(join(root, folder));
    const tracked = [
      'src/a.ts',
      'results/a.csv',
      'experiments/a.json',
      'package.json',
      'README.md',
    ];
    for (const name of tracked) write(name, 'first');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const clean = git('rev-parse', 'HEAD');
    expect(commitOf(root)).toBe(clean);

    for (const name of ['results/a.csv', 'README.md', 'results/new.csv', 'experiments/own.json']) {
      write(name, 'second');
      expect(commitOf(root)).toBe(clean);
    }
    for (const name of ['src/a.ts', 'experiments/a.json', 'package.json']) {
      write(name, 'second');
      expect(commitOf(root)).toBe(`${clean}-dirty`);
      git('checkout', '-q', name);
      expect(commitOf(root)).toBe(clean);
    }
    write('src/new.ts', 'second');
    expect(commitOf(root)).toBe(`${clean}-dirty`);
  });
});
