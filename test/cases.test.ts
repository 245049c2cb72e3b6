import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStatisticsNpz } from '../src/arrays/statistics-npz.ts';
import { Digests } from '../src/embeddings/digests.ts';
import { journalName, PartialSet } from '../src/embeddings/partial-set.ts';
import { openImages } from '../src/images/open.ts';
import { loadSurrogate } from '../src/surrogates/load.ts';
import { parseSettings } from '../src/sweep/settings.ts';
import { temporaryFolder } from './arrays/folder.ts';
import { golden, lacksGolden } from './golden.ts';

const cases = '../cases';
const at = (name: string) => golden(`${cases}/${name}`);
const folder = temporaryFolder();

/** Small inputs that hung, ate memory or threw; each is of a kind that other tests make themselves. */
describe.skipIf(lacksGolden(cases))('a small input that goes wrong', () => {
  it.each(['fort.npz'])('is refused as statistics: %s', async (name) => {
    await expect(readStatisticsNpz(at(name))).rejects.toThrow(/is empty: its shape is/);
  });

  it.each(['rows28.npz', 'rows40.npz'])('is refused as images: %s', async (name) => {
    await expect(openImages(at(name))).rejects.toThrow(
      /arr_0 in .* is empty: its shape is \[\d+, 0, 0, 3\]/,
    );
  });

  it.each([
    ['svg-turbulence.png', 'it is SVG'],
    ['png-16383x16383.png', 'it has 16383 × 16383 pixels'],
  ])('is refused as an image: %s', async (name, reason) => {
    mkdirSync(join(folder, name));
    copyFileSync(at(name), join(folder, name, name));
    const source = await openImages(join(folder, name));
    const bytes = await source.read(0);
    expect(() => source.pixels(bytes, 0)).toThrow(reason);
    await expect(source.decode(bytes, 0)).rejects.toThrow(reason);
  });

  it.each([0, 1])('is a journal whose chunks are done again: find%i', async (which) => {
    const set = join(folder, `partial-${which}`);
    mkdirSync(set);
    copyFileSync(at(`embeddings_partial-set.find${which}.bin`), join(set, journalName));
    const opened = await PartialSet.open(set, 2048, new Digests(100));
    expect([opened.images, opened.rows]).toEqual([0, 0]);
    await opened.close();
  });

  it('is refused as settings, and as a surrogate', async () => {
    const settings: unknown = JSON.parse(readFileSync(at('sweep-settings-hang.json'), 'utf8'));
    expect(() => parseSettings(settings)).toThrow('invalid number of seeds: 2147483648');
    const surrogate = loadSurrogate(at('surrogate-not-finite.json'));
    await expect(surrogate).rejects.toThrow('population FID of surrogate small is not finite');
  });
});
