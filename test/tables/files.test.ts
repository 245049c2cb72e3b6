import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { readEstimates, writeEstimates } from '../../src/tables/estimates.ts';
import { readPerformance, writePerformance } from '../../src/tables/performance.ts';
import { DRAW, PAIR } from './fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('both files read back from disk, and no temporary file stays', async () => {
  await writeEstimates(join(folder, 'estimates.csv'), [DRAW]);
  await writePerformance(join(folder, 'performance.csv'), PAIR);
  expect(await readEstimates(join(folder, 'estimates.csv'))).toEqual([DRAW]);
  expect(await readPerformance(join(folder, 'performance.csv'))).toEqual(PAIR);
  expect((await readdir(folder)).sort()).toEqual(['estimates.csv', 'performance.csv']);
});

it('a missing file or folder is a user error that names it', async () => {
  const path = join(folder, 'nowhere', 'estimates.csv');
  await expect(readEstimates(path)).rejects.toThrow(StudyError);
  await expect(readEstimates(path)).rejects.toThrow(path);
  const inFile = join(folder, 'estimates.csv', 'performance.csv');
  await expect(writeEstimates(inFile, [DRAW])).rejects.toThrow(StudyError);
  await expect(readEstimates(folder)).rejects.toThrow(StudyError);
});
