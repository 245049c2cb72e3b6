import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { kidCommand } from '../../src/commands/kid.ts';
import { kidText } from '../../src/commands/kid-of-sides.ts';
import { kid } from '../../src/metrics/kid.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainMoments } from '../linalg/plain.ts';
import { featuresOf, writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';
import { writeCacheFolder } from './sets.ts';

const folder = temporaryFolder();
const d = 8;
const reference = await writePool(folder, 50, d, 'real');
const generated = await writePool(folder, 40, d, 'generated');
const sides = [reference.path, generated.path];
const study = (...args: string[]) => runCommand(kidCommand(), args);
const json = async (...args: string[]) => JSON.parse((await study(...args, '--json')).join('\n'));

describe('study kid', () => {
  it('prints the KID of all pairs with its standard error, and of seeded subsets', async () => {
    const expected = await kid(featuresOf(reference.x), featuresOf(generated.x));
    const found = await json(...sides, '--subsets', '5', '--subset-size', '20');
    expect(found.kid).toBeCloseTo(expected.kid, 14);
    expect(found.kid_se).toBeCloseTo(expected.se!, 14);
    expect(found.kid_subsets).toMatchObject({ subsets: 5, size: 20 });
    expect(found.reference).toMatchObject({
      kind: 'features',
      path: reference.path,
      rows: 50,
      dimension: d,
    });
    const more = ['--subsets', '5', '--subset-size', '20'];
    expect(await json(...sides, ...more, '--seed', '0')).toEqual(found);
    const other = await json(...sides, ...more, '--seed', '1');
    expect(other.kid_subsets.mean).not.toBe(found.kid_subsets.mean);
    expect(other.kid).toBe(found.kid);
  });

  it('says on the screen which number is which, and of how many images', async () => {
    const lines = await study(...sides);
    expect(lines[0]).toMatch(/^KID ± SE {11}-?\d.* ± [\d.e-]+ {2}\(all pairs\)$/);
    expect(lines[1]).toMatch(/^KID ± SD .* \(100 subsets of 40\)$/);
    expect(lines[2]).toBe(`reference  N = 50, d = 8: ${reference.path}`);
    expect((await study(...sides, '--no-full'))[0]).toMatch(/^KID ± SD/);
    expect((await study(...sides, '--subsets', '0'))[1]).toMatch(/^reference/);
  });

  it('notes other networks, and one set on both sides', async () => {
    const set = await writeCacheFolder(join(folder, 'set'), 12, d, { comparable: false });
    const { notes } = await json(set, set, '--subsets', '0');
    expect(notes).toEqual([
      'distances of net are not comparable with published FIDs',
      'both sides are the same features: they are not independent, and KID is too small',
      'KID is unbiased: near 0 it can be negative',
    ]);
  });

  it('refuses statistics, other dimensions, and nothing to do', async () => {
    const npz = join(folder, 'real.npz');
    await writeStatisticsNpz(npz, { ...plainMoments(reference.x), dimension: d });
    await expect(study(npz, generated.path)).rejects.toThrow(`${npz} holds statistics`);
    const other = await writePool(folder, 20, d + 1, 'other');
    await expect(study(reference.path, other.path)).rejects.toThrow('9');
    await expect(study(...sides, '--no-full', '--subsets', '0')).rejects.toThrow('--no-full');
    await expect(study(...sides, '--subset-size', '1')).rejects.toThrow('--subset-size: 1');
  });
});

describe('kidText', () => {
  it('has no digit finer than its error, however small either is', () => {
    expect(kidText(0.00123, 0.0004)).toBe('0.0012 ± 0.0004');
    expect(kidText(1.224e-7, 6.1e-7)).toBe('1e-7 ± 6e-7');
    expect(kidText(-2.0999e-5, 2.5e-6)).toBe('-2.1e-5 ± 3e-6');
    expect(kidText(0.5, null)).toBe('0.5');
  });
});

describe('study fid --kid', () => {
  it('prints both distances of the same sides', async () => {
    const lines = await runCommand(fidCommand(), [...sides, '--kid', '--json']);
    const found = JSON.parse(lines.join('\n'));
    const { kid: alone, kid_subsets } = await json(...sides);
    expect(found).toMatchObject({ kid: alone, kid_subsets });
    expect(found.fid).toBeGreaterThan(0);
    const screen = await runCommand(fidCommand(), [...sides, '--kid']);
    expect(screen.filter((line) => line.startsWith('KID'))).toHaveLength(2);
  });
});
