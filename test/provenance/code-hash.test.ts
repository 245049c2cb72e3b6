import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeHash, drawCodeHash, hashOfCode, OF_DRAWS } from '../../src/provenance/code-hash.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { importsOfSource, loadedBy } from '../imports.ts';

const root = temporaryFolder();
mkdirSync(join(root, 'dist', 'metrics'), { recursive: true });
mkdirSync(join(root, 'wasm'));
const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const hash = () => hashOfCode([join(root, 'dist'), join(root, 'wasm'), join(root, 'missing')]);
write('dist/index.js', 'export {};');
write('dist/metrics/kid.js', 'export const kid = 1;');
write('wasm/normals.wasm', 'bytes');

describe('codeHash', () => {
  it('is another where a module or a kernel is, wherever the package lies', () => {
    const seen = [hash()];
    expect(hash()).toBe(seen[0]);
    for (const [name, text] of [
      ['dist/metrics/kid.js', 'export const kid = 2;'],
      ['wasm/normals.wasm', 'other'],
      ['dist/metrics/new.js', ''],
    ] as const) {
      write(name, text);
      seen.push(hash());
    }
    expect(new Set(seen).size).toBe(4);
  });

  it('is the same where texts, types and results change', () => {
    const before = hash();
    write('README.md', 'words');
    write('dist/README.md', 'words');
    write('dist/index.d.ts', 'export {};');
    expect(hash()).toBe(before);
  });

  it('is of what runs here', () => {
    expect(codeHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(codeHash()).not.toBe(hashOfCode([]));
  });

  it('of draws leaves charts and commands out, and names folders that exist', () => {
    expect(drawCodeHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(drawCodeHash()).not.toBe(codeHash());
    const source = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));
    expect(OF_DRAWS.filter((name) => !existsSync(source(name)))).toEqual([]);
    expect(OF_DRAWS).not.toContain('charts');
  });

  it('of draws is of every module that a draw is computed by', () => {
    const roots = ['draws/worker.ts', 'draws/pool-moments.ts', 'draws/precision.ts'];
    const loaded = loadedBy(
      [...roots, 'surrogates/load.ts', 'metrics/reference.ts'],
      importsOfSource(),
    );
    expect(loaded.size).toBeGreaterThan(30);
    const outside = [...loaded].filter((module) => !OF_DRAWS.includes(module.split('/')[0]!));
    expect(outside).toEqual(['errors.ts']);
  });
});
