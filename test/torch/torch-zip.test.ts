import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Content, isStoredArray } from '../../src/arrays/stored-array.ts';
import { openZip, zipOf } from '../../src/arrays/zip.ts';
import { StudyError } from '../../src/errors.ts';
import { contentOf } from '../../src/torch/content.ts';
import { Cursor } from '../../src/torch/cursor.ts';
import { torchContent } from '../../src/torch/file-content.ts';
import { readObjects } from '../../src/torch/objects.ts';
import { readTorchZip } from '../../src/torch/torch-zip.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writeZip } from '../images/sources.ts';

const folder = temporaryFolder();
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.pt`, import.meta.url));
/** The features of make-fidelity.py. */
const features = Array.from({ length: 60 }, (_, i) => ((i * i) % 41) / 8 - 2);

type Members = Record<string, Uint8Array>;

async function members(name: string): Promise<Members> {
  const zip = await openZip(fixture(name));
  const entries = await Promise.all(
    zip.members.map(async (each) => [each.name, await zip.read(each)] as const),
  );
  await zip.close();
  return Object.fromEntries(entries);
}

/** A fixture with some members changed, packed again. */
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

/** All numbers of what a file holds, by name; '' for an array alone. */
async function numbersOf(content: Content): Promise<Record<string, number[]>> {
  const named = content instanceof Map ? [...content] : [['', content] as const];
  const found: Record<string, number[]> = {};
  for (const [name, each] of named) {
    if (isStoredArray(each)) found[name] = Array.from(await each.read());
  }
  return found;
}

const read = async (path: string) => numbersOf(await torchContent(path));

describe('torchContent', () => {
  it.each(['features', 'features-strided'])('reads %s that PyTorch wrote', async (name) => {
    expect(await torchContent(fixture(name))).toMatchObject({ dtype: 'float32', shape: [12, 5] });
    expect(await read(fixture(name))).toEqual({ '': features });
  });

  it('reads arrays of any byte order and of Fortran order', async () => {
    const content = (await torchContent(fixture('orders'))) as ReadonlyMap<string, Content>;
    expect(content.get('mu')).toMatchObject({ dtype: 'float64', shape: [3] });
    expect(content.get('sigma')).toMatchObject({ dtype: 'float32', shape: [3, 4] });
    expect(await numbersOf(content)).toEqual({
      mu: [0, 0.25, 0.5],
      sigma: Array.from({ length: 12 }, (_, i) => i),
    });
  });

  it('reads what NumPy 2 calls otherwise, and the note of newer versions on byte order', async () => {
    const pickle = (await members('statistics'))['statistics/data.pkl'];
    const path = await repacked('statistics', {
      'statistics/data.pkl': replaced(pickle, 'cnumpy.core.multi', 'cnumpy._core.multi'),
      'statistics/byteorder': Buffer.from('little'),
    });
    expect(await read(path)).toEqual(await read(fixture('statistics')));
  });

  it.each([
    ['os.system', 'collections\nOrderedDict', 'os\nsystem', 'refused the global "os.system"'],
    ['eval', 'collections\nOrderedDict', 'builtins\neval', 'refused the global "builtins.eval"'],
    ['another storage', 'FloatStorage', 'QInt8Storage', '"torch.QInt8Storage"'],
    [
      'hooks that hold something',
      '\x89ccollections\nOrderedDict\nq\x08)',
      '\x89ccollections\nOrderedDict\nq\x08N\x85',
      'an OrderedDict has arguments',
    ],
    ['a longer storage', 'K\x3ct', 'K\x3dt', 'missing, or of another length'],
    ['a missing storage', 'X\x01\0\0\x000', 'X\x01\0\0\x007', 'storage "7" is missing'],
    ['protocol 6', '\x80\x02', '\x80\x06', 'protocol 6'],
  ])('refuses %s', async (_, from, to, message) => {
    const pickle = replaced((await members('features'))['features/data.pkl'], from, to);
    const path = await repacked('features', { 'features/data.pkl': pickle });
    await expect(read(path)).rejects.toThrow(StudyError);
    await expect(read(path)).rejects.toThrow(message);
    await expect(read(path)).rejects.toThrow(path);
  });

  it.each([
    ['of another length', 'K\x05K\x05\x86', 'K\x05K\x06\x86', 'sigma of shape [5,6] has 200 bytes'],
    [
      'of a huge shape',
      'K\x05K\x05\x86',
      'J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86',
      'has 200 bytes of data, not',
    ],
    ['of another encoding', 'latin1', 'utf-16', 'bytes of another encoding'],
    ['of another function of codecs', 'c_codecs\nencode', 'c_codecs\nlookup', '"_codecs.lookup"'],
  ])('refuses an array %s', async (_, from, to, message) => {
    const pickle = replaced((await members('statistics'))['statistics/data.pkl'], from, to);
    const path = await repacked('statistics', { 'statistics/data.pkl': pickle });
    await expect(read(path)).rejects.toThrow(StudyError);
    await expect(read(path)).rejects.toThrow(message);
  });

  it('refuses another byte order, what is compressed, two pickles, and what is no such zip', async () => {
    const note = { 'features/byteorder': Buffer.from('big') };
    const refused = async (path: string, message: string) => {
      await expect(read(path)).rejects.toThrow(StudyError);
      await expect(read(path)).rejects.toThrow(message);
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

  it('refuses a module of TorchScript: it is a program', async () => {
    for (const version of ['one', 'two']) {
      await expect(torchContent(fixture(`${version}/script`))).rejects.toThrow(
        'refused a module of TorchScript',
      );
    }
  });

  it('refuses a dict that holds itself', async () => {
    const data = Buffer.from('\x80\x02}q\0(X\x01\0\0\0ah\0u.', 'latin1');
    const path = await repacked('features', { 'features/data.pkl': data });
    await expect(read(path)).rejects.toThrow('nests more than 8 deep');
  });
});

describe('a hostile file', () => {
  let pickles: Uint8Array[];
  beforeAll(async () => {
    const names = ['features', 'statistics', 'tensors'];
    pickles = await Promise.all(
      names.map(async (name) => (await members(name))[`${name}/data.pkl`]!),
    );
    for (const name of ['edm2-4', 'odd-5', 'batches']) {
      pickles.push(readFileSync(new URL(`./fixtures/two/${name}.pkl`, import.meta.url)));
    }
  });

  /** Reads all that can be read; passes on nothing but a StudyError. */
  async function readAll(bytes: Uint8Array, format: 'zip' | 'bare'): Promise<void> {
    try {
      const { value } = readObjects(new Cursor(bytes), format);
      const content = contentOf(value, async (storage) => {
        // A file holds what its storages claim, or is refused.
        if (storage.length <= 1000) storage.bytes = new Uint8Array(8 * storage.length);
      });
      for (const numbers of Object.values(await numbersOf(content))) {
        expect(numbers.length).toBeLessThanOrEqual(1000);
      }
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
    }
  }
  const format = (which: number) => (which < 3 ? 'zip' : 'bare');

  it('of flipped bits and cuts throws nothing but a StudyError', async () => {
    const flips = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(5), flips, fc.nat(2000), async (which, changes, length) => {
        const bytes = Uint8Array.from(pickles[which]!);
        for (const [at, value] of changes) bytes[at % bytes.length]! ^= value;
        await readAll(bytes, format(which));
        await readAll(bytes.subarray(0, length % bytes.length), format(which));
      }),
      { numRuns: 500 },
    );
  });

  it('of spliced pickles throws nothing but a StudyError', async () => {
    const cut = fc.tuple(fc.nat(5), fc.nat(2000), fc.nat(120));
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 8 }), async (cuts) => {
        const pieces = cuts.map(([which, at, length]) => {
          const start = at % pickles[which]!.length;
          return pickles[which]!.subarray(start, start + length);
        });
        const bytes = [Buffer.from('\x80\x02', 'latin1'), ...pieces, Buffer.from('.')];
        await readAll(Buffer.concat(bytes), 'zip');
      }),
      { numRuns: 1000 },
    );
  });

  it('as a whole file, of flipped bytes, throws nothing but a StudyError', async () => {
    const whole = readFileSync(fixture('two/several'));
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at]! ^= value;
        try {
          const { value, load } = await readTorchZip(await zipOf(bytes, 'flipped.pt'));
          await numbersOf(contentOf(value, load));
        } catch (error) {
          if (!(error instanceof StudyError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
