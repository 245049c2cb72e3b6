import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readStatisticsNpz, writeStatisticsNpz } from '../../../src/arrays/statistics-npz.ts';
import { readSweepFolder } from '../../../src/charts/sweep-folder.ts';
import { sweep } from '../../../src/sweep/sweep.ts';
import { writeSmall } from '../../commands/sweeps.ts';
import { type Kept, verdict } from './kept.ts';

/** Tables and manifest of a finished sweep, as `study plot` reads them. */
export async function sweepIn(folder: string): Promise<Kept> {
  mkdirSync(folder);
  const out = join(folder, 'sweep');
  const source = writeSmall(folder);
  await sweep({ source, sizes: [20, 40], seeds: 3 }, { out, workers: 1 });
  // A bit in the name of the seal makes a manifest of an earlier version of it, of the same values.
  const values = async () => ({ ...(await readSweepFolder(out)), isSealed: null });
  const written = await values();
  return {
    name: 'estimates.csv, performance.csv, manifest.json',
    flips: [200, 5000],
    files: ['estimates.csv', 'performance.csv', 'manifest.json'].map((name) => join(out, name)),
    async read() {
      const read = await values();
      return verdict(isDeepStrictEqual(read, written), true, 'other tables');
    },
  };
}

/** The .npz of `study stats`. */
export async function statisticsIn(folder: string): Promise<Kept> {
  mkdirSync(folder);
  const path = join(folder, 'statistics.npz');
  const mean = Float64Array.of(1, 2, 3);
  const covariance = Float64Array.of(4, 1, 0, 1, 3, 0.5, 0, 0.5, 2);
  await writeStatisticsNpz(path, { mean, covariance, dimension: 3 });
  const written = await readStatisticsNpz(path);
  const bytes = readFileSync(path);
  return {
    name: 'statistics.npz',
    flips: [200, 4000],
    files: [path],
    async read() {
      const read = await readStatisticsNpz(path);
      const differs = readFileSync(path).equals(bytes) ? '' : ' from changed bytes';
      return verdict(isDeepStrictEqual(read, written), true, `other statistics${differs}`);
    },
  };
}
