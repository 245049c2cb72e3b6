import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../src/embeddings/manifest.ts';
import { StudyError } from '../../src/errors.ts';
import { checkSeal, checkTables, sealedManifest } from '../../src/provenance/manifest.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writeCacheFolder } from '../commands/sets.ts';

const folder = temporaryFolder();

describe('the seal of a manifest', () => {
  const manifest = { format: 'x 1', 2: 'two', value: -0, list: [1e300, null], nested: { é: '½' } };

  it('holds for the values, however they are laid out', () => {
    const text = sealedManifest(manifest);
    const json = JSON.parse(text);
    expect(checkSeal(json, 'm', '')).toBe(true);
    expect(checkSeal(JSON.parse(JSON.stringify(json)), 'm', '')).toBe(true);
    expect(checkSeal(JSON.parse(text.replaceAll('\n', '\r\n')), 'm', '')).toBe(true);
    const infinite = sealedManifest({ a: Infinity }, (_, x) => (x === Infinity ? 'inf' : x));
    expect(checkSeal(JSON.parse(infinite), 'm', '')).toBe(true);
  });

  it('tells a changed value, name or order, and lets a manifest without one pass as unsealed', () => {
    const json = JSON.parse(sealedManifest(manifest));
    for (const changed of [
      { ...json, value: 1 },
      { ...json, more: null },
      { ...json, seal: null },
      { ...json, list: [1e300, 0] },
    ]) {
      expect(() => checkSeal(changed, 'm.json', 'do this')).toThrow(StudyError);
      expect(() => checkSeal(changed, 'm.json', 'do this')).toThrow(/^m\.json was changed/);
    }
    for (const none of [manifest, undefined, null, 3, 'text', []]) {
      expect(checkSeal(none, 'm', '')).toBe(false);
    }
  });

  it('refuses a manifest of features whatever bit of it was changed, or reads the same', async () => {
    const set = await writeCacheFolder(join(folder, 'set'), 3, 2);
    const path = join(set, 'manifest.json');
    const whole = readFileSync(path);
    const before = await readManifest(set);
    let refused = 0;
    const step = 11;
    for (const changed of flips(whole, step)) {
      writeFileSync(path, changed);
      const found = await readManifest(set).catch((error: unknown) => error);
      if (found instanceof Error) {
        expect(found).toBeInstanceOf(StudyError);
        refused++;
      } else expect(found).toEqual(before);
    }
    // What is left are bits of line ends and of the name of the seal.
    expect((step * refused) / (8 * whole.length)).toBeGreaterThan(0.95);
  });
});

describe('checkTables', () => {
  it('names a table that is not the one of the manifest, and passes over what is not there', async () => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at('a.csv'), 'x\n1\n');
    const hash = '0ad5a6a3d7e7c4bb9ee8ef1ed5a3a4ac';
    expect(await checkTables(folder, ['a.csv'])).toBe(false);
    const files = { 'a.csv': hash };
    writeFileSync(at('manifest.json'), JSON.stringify({ files }));
    expect(await checkTables(folder, ['a.csv'])).toBe(false);
    writeFileSync(at('manifest.json'), sealedManifest({ files }));
    expect(await checkTables(folder, ['b.csv'])).toBe(true);
    await expect(checkTables(folder, ['b.csv', 'a.csv'])).rejects.toThrow(
      /a\.csv was changed after/,
    );
    writeFileSync(at('manifest.json'), '{');
    expect(await checkTables(folder, ['a.csv'])).toBe(false);
  });
});
