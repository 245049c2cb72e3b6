import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { statisticsOf } from '../../src/arrays/statistics-npz.ts';
import { openZip } from '../../src/arrays/zip.ts';
import { StudyError } from '../../src/errors.ts';
import { Cursor } from '../../src/torch/cursor.ts';
import { readFidelityCache } from '../../src/torch/fidelity-cache.ts';
import { readFidelityPickle } from '../../src/torch/fidelity-pickle.ts';
import { arrayValues } from '../../src/torch/numpy-array.ts';
import { readStateDict } from '../../src/torch/state-dict.ts';
import { byteLength, tensorValues } from '../../src/torch/tensor.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writeZip } from '../images/sources.ts';
import { largestDifference } from '../linalg/matrices.ts';
import { plainMoments } from '../linalg/plain.ts';

const folder = temporaryFolder();
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.pt`, import.meta.url));
/** The features of make-fidelity.py. */
const features = Float64Array.from({ length: 60 }, (_, i) => ((i * i) % 41) / 8 - 2);

type Members = Record<string, Uint8Array>;

async function members(name: string): Promise<Members> {
  const zip = await openZip(fixture(name));
  const entries = await Promise.all(
    zip.members.map(async (each) => [each.name, await zip.read(each)] as const),
  );
  await zip.close();
  return Object.fromEntries(entries);
}

/** A fixture with some members changed, packed anew. */
async function repacked(name: string, change: Members, compress = false): Promise<string> {
  const path = join(folder, 'changed.pt');
  await writeZip(path, { ...(await members(name)), ...change }, compress);
  return path;
}

function replaced(bytes: Uint8Array | undefined, from: string, to: string): Buffer {
  const text = Buffer.from(bytes!).toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replaceAll(from, to), 'latin1');
}

describe('readFidelityCache', () => {
  it.each(['features', 'features-strided'])('reads %s that PyTorch wrote', async (name) => {
    const cache = await readFidelityCache(fixture(name));
    expect(cache).toMatchObject({ kind: 'features', rows: 12, dimension: 5 });
    expect(Float64Array.from((cache as { values: Float32Array }).values)).toEqual(features);
  });

  it.each([
    ['statistics', 'float64', 1e-14],
    ['tensors', 'float32', 1e-6],
  ])('reads %s that PyTorch wrote', async (name, type, tolerance) => {
    const cache = await readFidelityCache(fixture(name));
    if (cache.kind !== 'statistics') throw new Error(cache.kind);
    const { mean, covariance, dtype } = statisticsOf(cache, name);
    const expected = plainMoments({ data: features, rows: 12, columns: 5 });
    expect(dtype).toBe(type);
    // torch-fidelity's mean is float32.
    expect(largestDifference(mean, expected.mean)).toBeLessThan(1e-6);
    expect(largestDifference(covariance, expected.covariance)).toBeLessThan(tolerance);
  });

  it('reads arrays of any byte order and of Fortran order', async () => {
    expect(await readFidelityCache(fixture('orders'))).toEqual({
      kind: 'statistics',
      mu: { dtype: 'float64', shape: [3], values: Float64Array.of(0, 0.25, 0.5) },
      sigma: {
        dtype: 'float32',
        shape: [3, 4],
        values: Float64Array.from({ length: 12 }, (_, i) => i),
      },
    });
  });

  it('reads what NumPy 2 calls otherwise, and the note of newer versions on byte order', async () => {
    const pickle = (await members('statistics'))['statistics/data.pkl'];
    const path = await repacked('statistics', {
      'statistics/data.pkl': replaced(pickle, 'cnumpy.core.multi', 'cnumpy._core.multi'),
      'statistics/byteorder': Buffer.from('little'),
    });
    expect(await readFidelityCache(path)).toEqual(await readFidelityCache(fixture('statistics')));
  });

  it.each([
    ['os.system', 'collections\nOrderedDict', 'os\nsystem', 'refused the global "os.system"'],
    ['eval', 'collections\nOrderedDict', 'builtins\neval', 'refused the global "builtins.eval"'],
    [
      'another storage',
      'FloatStorage',
      'HalfStorage',
      'refused elements of float16 (torch.HalfStorage)',
    ],
    [
      'hooks that hold something',
      '\x89ccollections\nOrderedDict\nq\x08)',
      '\x89ccollections\nOrderedDict\nq\x08N\x85',
      'refused the global "collections.OrderedDict"',
    ],
    ['a longer storage', 'K\x3ct', 'K\x3dt', 'missing, or of another length'],
    ['a missing storage', 'X\x01\0\0\x000', 'X\x01\0\0\x007', 'storage "7" is missing'],
    ['protocol 4', '\x80\x02', '\x80\x04', 'protocol 4'],
  ])('refuses %s', async (_, from, to, message) => {
    const pickle = replaced((await members('features'))['features/data.pkl'], from, to);
    const path = await repacked('features', { 'features/data.pkl': pickle });
    await expect(readFidelityCache(path)).rejects.toThrow(StudyError);
    await expect(readFidelityCache(path)).rejects.toThrow(message);
    await expect(readFidelityCache(path)).rejects.toThrow(path);
  });

  it.each([
    [
      'elements that are no floats',
      'X\x02\0\0\0f8',
      'X\x02\0\0\0i8',
      'sigma is of the elements "<i8"',
    ],
    ['objects', 'X\x02\0\0\0f8', 'X\x02\0\0\0O8', 'sigma is of the elements "<O8"'],
    ['data of another length', 'K\x05K\x05\x86', 'K\x05K\x06\x86', 'not those of its shape [5,6]'],
    [
      'a huge shape',
      'K\x05K\x05\x86',
      'J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86',
      'not those of its',
    ],
    ['data of another encoding', 'latin1', 'utf-16', 'bytes of another encoding'],
    ['another function of codecs', 'c_codecs\nencode', 'c_codecs\nlookup', '"_codecs.lookup"'],
    ['another name', 'X\x05\0\0\0sigma', 'X\x05\0\0\0gamma', 'a dict of: "mu, gamma"'],
  ])('refuses an array of %s', async (_, from, to, message) => {
    const pickle = replaced((await members('statistics'))['statistics/data.pkl'], from, to);
    const path = await repacked('statistics', { 'statistics/data.pkl': pickle });
    await expect(readFidelityCache(path)).rejects.toThrow(StudyError);
    await expect(readFidelityCache(path)).rejects.toThrow(message);
  });

  it('refuses another byte order, what is compressed, two pickles, and what is no such zip', async () => {
    const note = { 'features/byteorder': Buffer.from('big') };
    const refused = async (path: string, message: string) => {
      await expect(readFidelityCache(path)).rejects.toThrow(StudyError);
      await expect(readFidelityCache(path)).rejects.toThrow(message);
    };
    await refused(await repacked('features', note), 'not little-endian');
    await refused(await repacked('features', {}, true), 'data.pkl is compressed');
    const two = { 'other/data.pkl': Buffer.from('\x80\x02N.', 'latin1') };
    await refused(await repacked('features', two), 'not one that torch.save wrote');
    const path = join(folder, 'none.pt');
    await writeZip(path, { 'readme.txt': Buffer.from('text') });
    await refused(path, 'not one that torch.save wrote');
    writeFileSync(path, readFileSync(fixture('features')).subarray(0, 700));
    await refused(path, 'cannot read the zip');
    await refused(join(folder, 'absent.pt'), 'no such file');
  });

  it('leaves the weights’ reader as strict as it was', async () => {
    for (const [name, why] of [
      ['features', 'a storage is no tuple of 6'],
      ['statistics', 'refused the global "numpy.core.multiarray._reconstruct"'],
    ]) {
      const pickle = (await members(name!))[`${name}/data.pkl`]!;
      expect(() => readStateDict(new Cursor(pickle))).toThrow(why);
    }
    const arrays = Buffer.from('\x80\x02NNN\x87.', 'latin1');
    expect(() => readStateDict(new Cursor(arrays))).toThrow('refused the opcode TUPLE3');
  });
});

describe('a hostile cache', () => {
  let pickles: Uint8Array[];
  beforeAll(async () => {
    const names = ['features', 'statistics', 'tensors'];
    pickles = await Promise.all(
      names.map(async (name) => (await members(name))[`${name}/data.pkl`]!),
    );
  });

  /** Reads all that can be read; passes on nothing but a StudyError. */
  function readAll(bytes: Uint8Array): void {
    try {
      const { arrays, storages } = readFidelityPickle(new Cursor(bytes));
      for (const storage of storages.values()) {
        // A file holds what its storages claim, or is refused.
        if (byteLength(storage) <= 1000) storage.bytes = new Uint8Array(byteLength(storage));
      }
      for (const [name, array] of arrays) {
        const { length } =
          'storage' in array
            ? tensorValues(array, array.shape, name)
            : arrayValues(array, name).values;
        expect(length).toBeLessThanOrEqual(1000);
      }
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
    }
  }

  it('of flipped bits and cuts throws nothing but a StudyError', () => {
    const flips = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(2), flips, fc.nat(2000), (which, changes, length) => {
        const bytes = Uint8Array.from(pickles[which]!);
        for (const [at, value] of changes) bytes[at % bytes.length]! ^= value;
        readAll(bytes);
        readAll(bytes.subarray(0, length % bytes.length));
      }),
      { numRuns: 500 },
    );
  });

  it('of spliced pickles throws nothing but a StudyError', () => {
    const cut = fc.tuple(fc.nat(2), fc.nat(2000), fc.nat(120));
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 8 }), (cuts) => {
        const pieces = cuts.map(([which, at, length]) => {
          const start = at % pickles[which]!.length;
          return pickles[which]!.subarray(start, start + length);
        });
        readAll(Buffer.concat([Buffer.from('\x80\x02', 'latin1'), ...pieces, Buffer.from('.')]));
      }),
      { numRuns: 1000 },
    );
  });

  it('as a whole file, of flipped bytes, throws nothing but a StudyError', async () => {
    const whole = readFileSync(fixture('statistics'));
    const path = join(folder, 'flipped.pt');
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at]! ^= value;
        writeFileSync(path, bytes);
        await readFidelityCache(path).catch((error: unknown) => {
          if (!(error instanceof StudyError)) throw error;
        });
      }),
      { numRuns: 60 },
    );
  });
});
