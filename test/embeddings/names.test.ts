import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Manifest } from '../../src/embeddings/manifest.ts';
import { hashOfNames, namesName, readNames, writeNames } from '../../src/embeddings/names.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const manifestOf = (names: Manifest['images']['names'], rows: number) =>
  ({ rows, images: { names } }) as Pick<Manifest, 'rows' | 'images'>;

it('names of any characters come back as they were', async () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('\\', 'n', 'r', '\n', '\r', '/', 'é') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 20 }), async (names) => {
      await writeNames(folder, names);
      const manifest = manifestOf({ file: namesName, sha256: hashOfNames(names) }, names.length);
      expect(await readNames(folder, manifest)).toEqual(names);
    }),
    { numRuns: 60, seed: 3 },
  );
});

it('names are a line each, however many', async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `class/${i}.jpg`);
  await writeNames(folder, names);
  expect(readFileSync(join(folder, namesName), 'utf8')).toBe(`${names.join('\n')}\n`);
});

it('names that were changed, or are too few, are refused; those of earlier manifests are read', async () => {
  const at = join(folder, 'changed');
  mkdirSync(at);
  const names = ['a', 'b'];
  const manifest = manifestOf({ file: namesName, sha256: hashOfNames(names) }, 2);
  await expect(readNames(at, manifest)).rejects.toThrow(/no such file or folder: .*names\.txt/);
  writeFileSync(join(at, namesName), 'a\nc\n');
  await expect(readNames(at, manifest)).rejects.toThrow('names.txt was changed');
  await writeNames(at, names);
  await expect(readNames(at, { ...manifest, rows: 3 })).rejects.toThrow('names.txt was changed');
  expect(await readNames(at, manifestOf(names, 2))).toEqual(names);
});
