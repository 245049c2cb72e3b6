import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { StudyError } from '../../src/errors.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { openSide } from '../../src/sides/open.ts';
import { cachedReference } from '../../src/sides/reference-cache.ts';
import type { Side } from '../../src/sides/side.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { writeZip } from '../images/sources.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
/** Files that other tools' own code wrote: see make-formats.py. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../torch/fixtures/${name}`, import.meta.url));

/** The features of make-formats.py, [12, 5] and [12, 3]. */
const features = Float64Array.from({ length: 60 }, (_, i) => ((i * i) % 41) / 8 - 2);
const others = Float64Array.from({ length: 36 }, (_, i) => ((i * i) % 29) / 8);
const moments = plainMoments({ data: features, rows: 12, columns: 5 });
const otherMoments = plainMoments({ data: others, rows: 12, columns: 3 });

beforeEach(() => vi.stubEnv('STUDY_CACHE', at('cache')));
afterEach(() => vi.unstubAllEnvs());

function rowsOf(side: Side): Float64Array {
  if (side.kind !== 'features') throw new Error(side.kind);
  const rows = new Float64Array(side.rows * side.dimension);
  side.readBlock(0, side.rows, rows);
  side.close();
  return rows;
}

function momentsOf(side: Side) {
  if (side.kind !== 'statistics') throw new Error(side.kind);
  return side.statistics;
}

const versions = ['one', 'two'];
const all = (...names: readonly string[]) =>
  versions.flatMap((version) => names.map((name) => `${version}/${name}`));

describe('features of other tools', () => {
  it.each(
    all(
      ...['float16', 'bfloat16', 'float32', 'float64', 'strided', 'dict', 'legacy'].map(
        (name) => `${name}.pt`,
      ),
      ...['features.safetensors', 'batches.pkl', 'dgm-eval.npz', 'named.npz', 'positional.npz'],
    ),
  )('are read from %s', async (name) => {
    const side = await openSide(fixture(name));
    expect(side).toMatchObject({ kind: 'features', rows: 12, dimension: 5, extractor: null });
    expect(rowsOf(side)).toEqual(features);
  });

  it('keep the digits of float64, and are one set in any format of one type', async () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => 1 / (i + 1));
    await writeNpz(at('double.npz'), { x: { shape: [8, 5], values } });
    expect(rowsOf(await openSide(at('double.npz')))).toEqual(values);
    const hashes = new Set<string>();
    for (const name of all('float32.pt', 'float16.pt', 'features.safetensors', 'named.npz')) {
      const side = await openSide(fixture(name));
      side.close();
      hashes.add(side.sha256);
    }
    expect(hashes.size).toBe(1);
  });
});

describe('statistics of other tools', () => {
  const protocols = [2, 3, 4, 5];

  it.each(all(...protocols.map((each) => `edm2-${each}.pkl`)))(
    'are read from %s of EDM2, with N',
    async (name) => {
      for (const [entry, expected] of [
        ['fid', moments],
        ['fd_dinov2', otherMoments],
      ] as const) {
        const side = await openSide(fixture(name), { entry: [entry] });
        expect(side).toMatchObject({ kind: 'statistics', rows: 12 });
        const { mean, covariance } = momentsOf(side);
        expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-14);
        expect(largestDifference(covariance, expected.covariance)).toBeLessThan(1e-14);
      }
    },
  );

  it.each(all(...protocols.map((each) => `stylegan3-${each}.pkl`)))(
    'are read from %s of StyleGAN3, whose covariance divides by N',
    async (name) => {
      const side = await openSide(fixture(name));
      expect(side).toMatchObject({ kind: 'statistics', rows: 12 });
      expect(side.notes).toEqual([
        `${fixture(name)}: its covariance divides by N, and was converted to N − 1`,
      ]);
      const { mean, covariance } = momentsOf(side);
      expect(largestDifference(mean, moments.mean)).toBeLessThan(1e-14);
      expect(largestDifference(covariance, moments.covariance)).toBeLessThan(1e-13);
    },
  );

  it.each(all(...protocols.map((each) => `odd-${each}.pkl`)))(
    'are read from %s, of single precision, big-endian and in Fortran order',
    async (name) => {
      const side = await openSide(fixture(name));
      expect(side).toMatchObject({ kind: 'statistics', rows: 12 });
      expect(momentsOf(side).mean).toEqual(moments.mean.map(Math.fround));
      expect(largestDifference(momentsOf(side).covariance, moments.covariance)).toBeLessThan(1e-6);
    },
  );

  it('need no --size where the file states N', async () => {
    const other = (await writePool(folder, 40, 5, 'other')).path;
    const run = async (...args: string[]) =>
      JSON.parse((await runCommand(estimateCommand(), [...args, '--json'])).join('\n'));
    const edm2 = fixture('two/edm2-4.pkl');
    const estimate = await run(edm2, '--entry', 'fid', '--reference', other);
    expect(estimate).toMatchObject({ num_gen: 12 });
    const reference = await run(other, '--reference', fixture('two/stylegan3-4.pkl'));
    expect(reference).toMatchObject({ num_ref: 12, num_gen: 40 });
  });
});

describe('--entry', () => {
  it.each(all('several.pt', 'several.safetensors', 'several.npz', 'edm2-4.pkl'))(
    'chooses from %s, which is refused without it',
    async (name) => {
      const path = fixture(name);
      const side = await openSide(path).catch((error: unknown) => error);
      expect(side).toMatchObject({
        name: 'StudyError',
        message: expect.stringMatching(/ holds 2 sets: \S+, \S+$/),
        hint: expect.stringMatching(/^choose one: --entry \S+; study stats writes one/),
      });
      const names = String((side as Error).message.split(': ').at(-1)).split(', ');
      const dimensions: number[] = [];
      for (const entry of names) {
        const chosen = await openSide(path, { entry: [entry] });
        dimensions.push(chosen.dimension);
        chosen.close();
      }
      expect(dimensions.sort()).toEqual([3, 5]);
    },
  );

  it('goes to the side that has the name, and one for each is taken', async () => {
    const [pkl, npz] = [fixture('two/edm2-4.pkl'), fixture('two/several.npz')];
    const fid = async (...args: string[]) =>
      JSON.parse((await runCommand(fidCommand(), [...args, '--json'])).join('\n'));
    const both = await fid(pkl, npz, '--entry', 'fd_dinov2', '--entry', 'dino');
    expect(both).toMatchObject({ reference: { dimension: 3 }, generated: { dimension: 3 } });
    expect(both.fid).toBeCloseTo(0, 10);
    const one = await fid(pkl, fixture('two/float32.pt'), '--entry', 'fid');
    expect(one.fid).toBeCloseTo(0, 10);
  });

  it('that no file holds is refused, with what there is', async () => {
    const path = fixture('two/edm2-4.pkl');
    await expect(openSide(path, { entry: ['fid', 'clip'] })).rejects.toMatchObject({
      message: 'no set is called clip (--entry)',
      hint: `${path} holds fid, fd_dinov2`,
    });
    await expect(openSide(fixture('two/float32.pt'), { entry: ['x'] })).rejects.toMatchObject({
      hint: 'leave it out: no file here holds several sets',
    });
    await expect(
      runCommand(planCommand(), ['--bias', '1', '--dataset', 'cifar10', '--entry', 'x']),
    ).rejects.toThrow('no set is called x (--entry)');
  });

  it('keeps the references of two sets of one file apart', async () => {
    const sides = [];
    for (const entry of ['fid', 'fd_dinov2']) {
      sides.push(await openSide(fixture('two/edm2-4.pkl'), { entry: [entry] }));
    }
    expect(new Set(sides.map(({ sha256 }) => sha256)).size).toBe(2);
    const dimensions: number[] = [];
    for (const side of [...sides, ...sides]) {
      dimensions.push((await cachedReference(side, sharedAlgebra())).mean.length);
    }
    expect(dimensions).toEqual([5, 3, 5, 3]);
  });
});

describe('a file that is damaged or of another thing', () => {
  const numbers = (shape: readonly number[], first = 1) => ({
    shape,
    values: new Float64Array(shape.reduce((all, each) => all * each, 1)).fill(first),
  });

  it.each<[string, Parameters<typeof writeNpz>[1], string]>([
    [
      'no number of images',
      { mu: numbers([2]), sigma: numbers([2, 2]), num_images: 0 },
      'num_images in PATH is 0',
    ],
    ['sigma alone', { sigma: numbers([2, 2]) }, "no array 'mu' in PATH; it holds: sigma"],
    [
      'a square of another size',
      { mu: numbers([2]), sigma: numbers([3, 3]) },
      'PATH has mu (2) and sigma (3, 3)',
    ],
    [
      'NaN',
      { mu: numbers([2], Number.NaN), sigma: numbers([2, 2]) },
      'mu in PATH has the value NaN at 0',
    ],
    [
      'features of NaN',
      { x: numbers([3, 2], Number.NaN) },
      'PATH has the value NaN in row 0, column 0',
    ],
    [
      'bytes',
      { mu: { shape: [2], values: new Uint8Array(2) }, sigma: numbers([2, 2]) },
      'mu in PATH holds elements of type uint8',
    ],
    [
      'three axes',
      { x: numbers([3, 2, 2]) },
      'PATH holds neither statistics, features nor images but: x float64 [3, 2, 2]',
    ],
    ['a text', { x: 'abc' }, 'PATH holds neither statistics, features nor images but: x'],
  ])('of %s is refused by that', async (_, arrays, message) => {
    const path = at('bad.npz');
    await writeNpz(path, arrays);
    const opened = openSide(path);
    await expect(opened).rejects.toThrow(StudyError);
    await expect(openSide(path)).rejects.toThrow(message.replace('PATH', path));
  });

  it('with two arrays of one name is refused: which is meant cannot be told', async () => {
    const path = at('twice.npz');
    await writeNpz(path, { feat1: numbers([3, 2]), feat2: numbers([3, 2]) });
    const bytes = readFileSync(path);
    for (let i = bytes.indexOf('feat2'); i >= 0; i = bytes.indexOf('feat2', i + 1)) {
      bytes.write('feat1', i);
    }
    writeFileSync(path, bytes);
    await expect(openSide(path)).rejects.toThrow('holds two arrays called feat1');
  });

  it('with more arrays than there is use for is refused', async () => {
    const path = at('many.npz');
    const empty = Buffer.alloc(0);
    const files = Array.from({ length: 4097 }, (_, i) => [`a${i}.npy`, empty] as const);
    await writeZip(path, Object.fromEntries(files));
    await expect(openSide(path)).rejects.toThrow('holds 4097 arrays');
  });

  it('that shows control characters in a name shows none on the terminal', async () => {
    const path = at('named.npz');
    await writeNpz(path, { '\u001b[2J': numbers([3, 2]), b: numbers([3, 2]) });
    await expect(openSide(path)).rejects.toThrow('holds 2 sets: \\u001b[2J, b');
  });

  it.each([
    ['two/buffers.pkl', 'refused a buffer outside the file'],
    ['two/script.pt', 'refused a module of TorchScript'],
    ['two/checkpoint.pth', 'holds neither statistics, features nor images but: state_dict {…}'],
    ['two/weights.safetensors', 'holds neither statistics, features nor images but:'],
  ])('such as %s is refused by name', async (name, message) => {
    await expect(openSide(fixture(name))).rejects.toThrow(StudyError);
    await expect(openSide(fixture(name))).rejects.toThrow(message);
    await expect(openSide(fixture(name))).rejects.toThrow(fixture(name));
  });

  it('is refused wherever it is cut', async () => {
    const names = ['float32.pt', 'edm2-5.pkl', 'features.safetensors', 'dgm-eval.npz'];
    for (const name of names) {
      const whole = readFileSync(fixture(`two/${name}`));
      const path = at(`cut${name.slice(name.lastIndexOf('.'))}`);
      for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
        writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
        await expect(openSide(path, { entry: ['fid'] })).rejects.toThrow(StudyError);
      }
    }
  });
});

it('an .npy of the same rows gives the same FID', async () => {
  await writeNpyRows(at('same.npy'), 5, [Float32Array.from(features)]);
  const other = (await writePool(folder, 40, 5, 'another')).path;
  const fids = new Set<number>();
  for (const path of [at('same.npy'), fixture('one/float16.pt'), fixture('two/dgm-eval.npz')]) {
    fids.add(JSON.parse((await runCommand(fidCommand(), [path, other, '--json'])).join('')).fid);
  }
  expect(fids.size).toBe(1);
});
