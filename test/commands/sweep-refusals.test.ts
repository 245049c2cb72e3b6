import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writePool } from '../metrics/feature-pools.ts';
import { randomStatistics } from '../metrics/gaussians.ts';
import { writeCacheFolder } from './sets.ts';
import { filesIn, manifestOf, sweepOf, writeSmall } from './sweeps.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const d = 8;
const small = writeSmall(folder);
const pool = (await writePool(folder, 60, d, 'pool')).path;
const of = (generated: string, reference = pool) => [
  '--reference',
  reference,
  '--generated',
  generated,
  '--sizes',
  '10,20',
  '--seeds',
  '2',
];

/** A .npy by its header and bytes. */
function writeNpy(name: string, descr: string, shape: string, bytes: Uint8Array): string {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, 'latin1');
  writeFileSync(at(name), Buffer.concat([start, bytes]));
  return at(name);
}

const statistics = at('statistics.npz');
await writeStatisticsNpz(statistics, { ...randomStatistics(d, 30, 'sides'), dimension: d });
const narrow = (await writePool(folder, 60, d - 1, 'narrow')).path;
const one = (await writePool(folder, 1, d, 'one')).path;
const integers = writeNpy('integers.npy', '<i4', `(60, ${d})`, new Uint8Array(60 * d * 4));
const flat = writeNpy('flat.npy', '<f4', '(480,)', new Uint8Array(480 * 4));
const short = writeNpy('short.npy', '<f4', `(60, ${d})`, new Uint8Array(100));
const poison = Float32Array.from({ length: 60 * d }, (_, i) => (i === 41 ? Number.NaN : i % 7));
await writeNpyRows(at('nan.npy'), d, [poison]);
await writeNpyRows(at('infinite.npy'), d, [poison.map((x) => x || Number.POSITIVE_INFINITY)]);
writeFileSync(at('text.npy'), 'no array');
writeFileSync(at('text.json'), '{ no json');
writeFileSync(at('unknown.json'), '{"sizes":[10,20],"sedes":3}');
writeFileSync(at('null.json'), 'null');
writeFileSync(at('list.json'), '[]');
writeFileSync(at('three.json'), '3');
writeFileSync(at('bare.json'), JSON.stringify({ format: 'fid-study sweep 1', settings: null }));
writeFileSync(at('kind.json'), '{"study":{"toString":1}}');
writeFileSync(at('file'), '');
const net = await writeCacheFolder(at('net'), 60, d);
const other = await writeCacheFolder(at('other'), 60, d, { name: 'other' });
const legacy = await writeCacheFolder(at('legacy'), 60, d, { mode: 'legacy' });
const damaged = await writeCacheFolder(at('damaged'), 60, d);
const bytes = readFileSync(join(damaged, 'features.npy'));
bytes[bytes.length - 3]! ^= 1;
writeFileSync(join(damaged, 'features.npy'), bytes);
mkdirSync(at('empty'));
await writeNpz(at('images.npz'), {
  arr_0: { shape: [2, 2, 2, 3], values: new Uint8Array(24) },
});

const fresh = ['--source', small];

describe('study sweep refuses, in words of its own and before it writes anything,', () => {
  it.each<[string, string[], string | RegExp]>([
    // Settings.
    ['sizes below 2', [...fresh, '--sizes', '1,10'], 'invalid size: 1'],
    ['duplicate sizes', [...fresh, '--sizes', '10,20,10'], 'duplicate size: 10'],
    ['sizes that are no numbers', [...fresh, '--sizes', '10,many'], "not a whole number: 'many'"],
    [
      'a range downwards',
      [...fresh, '--sizes', '50:10:log3'],
      'invalid range of sizes: 50:10:log3',
    ],
    ['no seeds', [...fresh, '--seeds', '0'], 'invalid --seeds: 0'],
    ['a seed twice', [...fresh, '--seed-list', '1,2,1'], 'duplicate seed: 1'],
    ['no workers', [...fresh, '--workers', '0'], 'invalid --workers: 0'],
    ['a study seed below 0', [...fresh, '--study-seed=-1'], 'invalid --study-seed: -1'],
    ['an unknown source', ['--source', 'cifar99'], 'unknown source: cifar99'],
    ['a surrogate that is not there', ['--source', at('no.json')], 'surrogate not found'],
    ['a surrogate that is not JSON', ['--source', at('text.json')], 'text.json is not JSON'],
    ['a source and sides', [...fresh, ...of(pool)], /both a source .* and a reference/],
    ['one side alone', ['--generated', pool], 'generated set without the other side'],
    [
      'exact moments of a pool',
      [...of(pool), '--exact-moments'],
      '--exact-moments needs a surrogate',
    ],
    ['rows of a pool', [...of(pool), '--rows'], '--rows needs a surrogate: draws from a pool'],
    [
      'rows and exact moments',
      [...fresh, '--rows', '--exact-moments'],
      '--rows and --exact-moments exclude each other',
    ],
    ['a config that is not there', ['--config', at('no.json')], /no such file.*no\.json/],
    ['a config of null', ['--config', at('null.json')], 'null.json holds no settings, but null'],
    ['a config of a list', ['--config', at('list.json')], 'holds no settings, but a list'],
    ['a config of a number', ['--config', at('three.json')], 'holds no settings, but a number'],
    [
      'a manifest without settings',
      ['--config', at('bare.json')],
      'bare.json holds no settings, but null',
    ],
    ['a config of no text as its kind', ['--config', at('kind.json')], '{"toString":1}'],
    ['a config that is not JSON', ['--config', at('text.json')], 'text.json is not JSON'],
    ['a word in the config that it does not know', ['--config', at('unknown.json')], 'sedes'],
    ['the population of real features', [...of(pool), '--estimand', 'population'], 'unknown'],
    [
      'an intercept of one size',
      [...fresh, '--sizes', '10', '--estimand', 'intercept'],
      'a line needs two sizes',
    ],
    // Sides.
    ['a path that is not there', of(at('nowhere')), /no such file or folder: .*nowhere/],
    ['a reference that is not there', of(pool, at('no.npy')), /no such file.*no\.npy/],
    ['sizes beyond the pool', [...of(pool), '--sizes', '10,61'], 'larger than the pool of 60'],
    ['integers', of(integers), /integers\.npy holds int32; features are/],
    ['one dimension', of(flat), /flat\.npy has the shape \(480\)/],
    ['a file cut short', of(short), /short\.npy has 228 bytes; its shape \(60, 8\) needs 2048/],
    ['what is no .npy', of(at('text.npy')), 'not a .npy file'],
    ['NaN features', of(at('nan.npy')), /nan\.npy has the value NaN in row 5, column 1/],
    ['infinite ones', of(pool, at('infinite.npy')), 'has the value Infinity in row 0, column 0'],
    ['a reference of one image', of(pool, one), 'one.npy has 1 row'],
    ['other dimensions', of(narrow), /features of 8 dimensions, .*narrow\.npy of 7/],
    ['statistics to draw from', of(statistics), 'holds statistics; a sweep draws rows'],
    ['an empty folder', of(at('empty')), 'no images in'],
    ['images without a model', of(at('images.npz')), 'no model for the images in'],
    ['an unknown model', [...of(at('images.npz')), '--model', 'vgg'], 'unknown model: vgg'],
    ['different models', of(other, net), 'features of different models: net and other'],
    ['different modes', of(legacy, net), 'features of different modes: clean and legacy'],
    ['a cache whose checksum fails', of(damaged, net), /damaged.* has the sha256 .* not what its/],
  ])('%s', async (_, flags, words) => {
    const out = at('never');
    const attempt = sweepOf(...flags, '--out', out);
    await expect(attempt).rejects.toThrow(StudyError);
    await expect(attempt).rejects.toThrow(words);
    expect(existsSync(out)).toBe(false);
  });

  it('an --out that cannot be written', async () => {
    const before = readdirSync(folder);
    // Below a device, which on Windows is an ordinary name.
    const device = process.platform === 'win32' ? [] : ['/dev/null/below'];
    for (const out of [at('file'), join(at('file'), 'below'), ...device]) {
      const attempt = sweepOf(...fresh, '--sizes', '10', '--out', out);
      await expect(attempt).rejects.toThrow(StudyError);
      await expect(attempt).rejects.toThrow('a file is where a folder should be');
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it('words for --estimand that it does not know, as the parser of flags does', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const error = sweepOf(...fresh, '--estimand', 'median', '--out', at('never'));
    await expect(error).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    expect(said.mock.calls.join('')).toContain('auto, population, intercept, pool');
  });
});

it('study sweep --force compares features of different models all the same', async () => {
  await sweepOf(...of(other, net), '--force', '--out', at('forced'));
  expect(filesIn(at('forced'))).toContain('report.html');
  expect(manifestOf(at('forced')).settings.force).toBe(true);
});
