import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { npzArray, readNpz, writeNpz } from '../../src/arrays/npz.ts';
import { readStatisticsNpz, writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { openZip } from '../../src/arrays/zip.ts';
import { StudyError } from '../../src/errors.ts';
import { writeZip } from '../images/sources.ts';
import { temporaryFolder } from './folder.ts';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.npz`, import.meta.url));
const folder = temporaryFolder();
const mean = Float64Array.of(0.5, -1.25, 3);
const covariance = Float64Array.of(2, 0.5, 0.25, 0.5, 1, -0.125, 0.25, -0.125, 4);

describe('readStatisticsNpz', () => {
  it('reads what NumPy stored, and what it deflated in Fortran order', async () => {
    const stored = await readStatisticsNpz(fixture('statistics-stored'));
    expect(stored).toEqual({ mean, covariance, dimension: 3, dtype: 'float64' });
    const deflated = await readStatisticsNpz(fixture('statistics-deflated'));
    expect(deflated).toEqual({ mean, covariance, dimension: 3, dtype: 'float32' });
  });

  it('names the arrays that are there when one is missing', async () => {
    const path = join(folder, 'other.npz');
    await writeNpz(path, { arr_0: { shape: [1], values: Float32Array.of(1) } });
    await expect(readStatisticsNpz(path)).rejects.toThrow(/no array 'mu' in .*holds: arr_0/);
  });

  it('refuses shapes that do not fit, NaN, asymmetry and negative variances', async () => {
    const path = join(folder, 'bad.npz');
    const write = (mu: Float64Array, sigma: Float64Array, shape: number[]) =>
      writeNpz(path, { mu: { shape: [mu.length], values: mu }, sigma: { shape, values: sigma } });
    await write(mean, covariance, [9]);
    await expect(readStatisticsNpz(path)).rejects.toThrow(/sigma \(9\)/);
    await write(Float64Array.of(1, Number.NaN, 2), covariance, [3, 3]);
    await expect(readStatisticsNpz(path)).rejects.toThrow(/mu in .*value NaN at 1/);
    await write(mean, covariance.with(1, 7), [3, 3]);
    await expect(readStatisticsNpz(path)).rejects.toThrow(/not symmetric at \(1, 0\)/);
    await write(mean, covariance.with(4, -1), [3, 3]);
    await expect(readStatisticsNpz(path)).rejects.toThrow(/the variance -1 at \(1, 1\)/);
    await write(
      mean,
      covariance.map((value) => -value),
      [3, 3],
    );
    await expect(readStatisticsNpz(path)).rejects.toThrow(/the variance -2 at \(0, 0\)/);
  });

  it('takes a variance that rounding left below 0', async () => {
    const path = join(folder, 'rounded.npz');
    const sigma = Float64Array.of(4, 0, 0, -1e-7);
    await writeStatisticsNpz(path, { mean: mean.subarray(0, 2), covariance: sigma, dimension: 2 });
    expect((await readStatisticsNpz(path)).covariance).toEqual(sigma);
  });

  it('throws a StudyError for a zip that is cut or altered anywhere', async () => {
    const path = join(folder, 'cut.npz');
    for (const name of ['statistics-stored', 'statistics-deflated']) {
      const whole = readFileSync(fixture(name));
      for (let length = 0; length < whole.length; length += 17) {
        writeFileSync(path, whole.subarray(0, length));
        await expect(readStatisticsNpz(path)).rejects.toBeInstanceOf(StudyError);
      }
      for (let at = 0; at < whole.length; at += 7) {
        const altered = Buffer.from(whole);
        altered[at]! ^= 0x5a;
        writeFileSync(path, altered);
        // A byte that nobody reads (a date, say) may change: then the values stay the same.
        const outcome = await readStatisticsNpz(path).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StudyError);
        else expect(outcome).toMatchObject({ mean, covariance });
      }
    }
  });

  it('refuses a file that is missing or no zip', async () => {
    await expect(readStatisticsNpz(join(folder, 'none.npz'))).rejects.toThrow(/no such file/);
    const path = join(folder, 'plain.npz');
    writeFileSync(path, 'plain text, and nothing else in it at all');
    await expect(readStatisticsNpz(path)).rejects.toThrow(/cannot read the zip/);
  });
});

describe('writeStatisticsNpz', () => {
  it('gives the same values back in float64 and float32', async () => {
    const path = join(folder, 'written.npz');
    for (const dtype of ['float64', 'float32'] as const) {
      await writeStatisticsNpz(path, { mean, covariance, dimension: 3 }, dtype);
      expect(await readStatisticsNpz(path)).toEqual({ mean, covariance, dimension: 3, dtype });
    }
  });

  it('gives the same bytes for the same statistics, without a date', async () => {
    const [first, second] = [join(folder, 'first.npz'), join(folder, 'second.npz')];
    await writeStatisticsNpz(first, { mean, covariance, dimension: 3 });
    await writeStatisticsNpz(second, { mean, covariance, dimension: 3 });
    const bytes = readFileSync(first);
    expect(bytes.equals(readFileSync(second))).toBe(true);
    // 1980-01-01 00:00, where DOS time begins: what NumPy writes too.
    expect([bytes.readUInt16LE(10), bytes.readUInt16LE(12)]).toEqual([0, 0x21]);
  });
});

describe('readNpz', () => {
  it('reads one array of several and leaves the others alone', async () => {
    const path = join(folder, 'copy.npz');
    copyFileSync(fixture('statistics-stored'), path);
    const { mu } = await readNpz(path, ['mu']);
    expect(mu).toEqual({ dtype: 'float64', shape: [3], values: mean });
  });
});

describe('an array of which the header says too much', () => {
  /** A .npz whose members are .npy headers and so many zeros. */
  async function npz(
    name: string,
    arrays: Record<string, [descr: string, shape: string, bytes: number, fortran?: string]>,
  ): Promise<string> {
    const path = join(folder, name);
    const files = Object.entries(arrays).map(([key, [descr, shape, bytes, fortran = 'False']]) => {
      const dict = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
      const header = Buffer.from(`\x93NUMPY\x01\x00v\x00${dict.padEnd(117)}\n`, 'latin1');
      return [`${key}.npy`, Buffer.concat([header, Buffer.alloc(bytes)])] as const;
    });
    await writeZip(path, Object.fromEntries(files), true);
    return path;
  }

  it.each([
    ['0 rows of any number of columns', "'<f8'", '(999999999999999, 0)'],
    ['any number of rows of 0', "'<f8'", '(0, 999999999999999)'],
    ['0 of more than can be counted', "'<f8'", '(999999999999999, 999999999999999, 0)'],
  ])('is refused at once: %s', async (_, descr, shape) => {
    for (const fortran of ['True', 'False']) {
      const path = await npz('empty.npz', {
        mu: ['<f8', '(2,)', 16],
        sigma: [descr.slice(1, -1), shape, 0, fortran],
      });
      await expect(readStatisticsNpz(path)).rejects.toThrow(/sigma in .* (is empty|claims)/);
    }
  });

  it('is refused before it is unpacked, by its shape or its size', async () => {
    const wide = await npz('wide.npz', {
      mu: ['|u1', '(9000,)', 9000],
      sigma: ['|u1', '(2, 2)', 4],
    });
    await expect(readStatisticsNpz(wide)).rejects.toThrow(/mu \(9000\) and sigma \(2, 2\)/);
    const large = await npz('large.npz', {
      mu: ['|u1', '(8193,)', 8193],
      sigma: ['|u1', '(8193, 8193)', 8193 ** 2],
    });
    await expect(readStatisticsNpz(large)).rejects.toThrow(/statistics of 8193 dimensions/);
    // A deflated member that goes on for longer than its header says is never read to its end.
    const long = await npz('long.npz', {
      mu: ['<f8', '(2,)', 1 << 20],
      sigma: ['<f8', '(2, 2)', 32],
    });
    await expect(readStatisticsNpz(long)).rejects.toThrow(/mu in .* has 1048576 bytes of data/);
  });

  it('is read where its numbers lie across the pieces of a large member', async () => {
    const values = Float64Array.from({ length: 300_001 }, (_, i) => i / 7);
    const stored = join(folder, 'stored.npz');
    await writeNpz(stored, { v: { shape: [values.length], values } });
    const zip = await openZip(stored);
    const [member] = zip.members;
    const deflated = join(folder, 'deflated.npz');
    await writeZip(deflated, { 'v.npy': await zip.read(member!) }, true);
    await zip.close();
    for (const path of [stored, deflated]) {
      const { v } = await readNpz(path, ['v']);
      expect(v.shape).toEqual([300_001]);
      expect(v.values.every((value, i) => value === values[i])).toBe(true);
      const again = await openZip(path);
      const whole = (await npzArray(again, 'v')).values;
      expect(Buffer.from(whole.buffer).equals(Buffer.from(values.buffer))).toBe(true);
      await again.close();
    }
  });
});

describe('openZip', () => {
  it('keeps the case of names in what it cannot read', async () => {
    const path = join(folder, 'Upper.ZIP');
    await writeZip(path, { 'Images/A.PNG': Uint8Array.of(1) });
    // yauzl refuses a name that leads out of the zip.
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('Images/A'); at >= 0; at = bytes.indexOf('Images/A', at + 1)) {
      bytes.write('../../UP', at);
    }
    writeFileSync(path, bytes);
    await expect(openZip(path)).rejects.toThrow(
      `cannot read the zip ${path}: invalid relative path: ../../UP.PNG`,
    );
  });

  it('refuses members that lie on top of each other, as those of a bomb', async () => {
    const path = join(folder, 'overlap.zip');
    await writeZip(path, { 'a.png': new Uint8Array(1000), 'b.png': new Uint8Array(1000) });
    const bytes = readFileSync(path);
    const second = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    // The second one begins where the first one does, and so does a third and a fourth.
    const last = bytes.indexOf('PK\x05\x06');
    const entry = Buffer.from(bytes.subarray(second, last));
    entry.writeUInt32LE(0, 42);
    const end = Buffer.from(bytes.subarray(last));
    end.writeUInt16LE(4, 8);
    end.writeUInt16LE(4, 10);
    end.writeUInt32LE(end.readUInt32LE(12) + 2 * entry.length, 12);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, last), entry, entry, end]));
    await expect(openZip(path)).rejects.toThrow(
      /the members of .* have \d+ bytes in a file of \d+/,
    );
  });

  it('stops where its reader stops, and stays open', async () => {
    const path = join(folder, 'pieces.zip');
    const bytes = Uint8Array.from({ length: 3 << 20 }, (_, i) => (i * 7919) >> 5);
    for (const compress of [false, true]) {
      await writeZip(path, { a: bytes }, compress);
      const zip = await openZip(path);
      const [member] = zip.members;
      for await (const piece of zip.pieces(member!)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      const all: Uint8Array[] = [];
      for await (const piece of zip.pieces(member!)) all.push(piece);
      expect(Buffer.concat(all).equals(bytes)).toBe(true);
      await expect(zip.read(member!, 1 << 20)).rejects.toThrow(/has 3145728 bytes; too large/);
      await zip.close();
    }
  });
});
