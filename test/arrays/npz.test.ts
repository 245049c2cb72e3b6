import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readNpz, writeNpz } from '../../src/arrays/npz.ts';
import { readStatisticsNpz, writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { StudyError } from '../../src/errors.ts';
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
