import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../src/tables/csv.ts';
import { readRecords } from '../../src/tables/records.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();

async function written(text: string): Promise<string> {
  const path = join(folder, 'table.csv');
  await writeFile(path, text);
  return path;
}

describe('the records of a table', () => {
  it('are numbers, truth values, texts and nothing', async () => {
    const path = await written('name,n,share,all,note\n"a, b",5000,-1.5e-7,true,\n');
    expect(await readRecords(path)).toEqual([
      { name: 'a, b', n: 5000, share: -1.5e-7, all: true, note: null },
    ]);
  });

  it('give back every number that was written, to the last bit', async () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(numbers, { minLength: 1 }), async (values) => {
        const rows = values.map((value) => ({ value }));
        expect(await readRecords(await written(toCsv(['value'], rows)))).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where a line is cut short', async () => {
    await expect(readRecords(await written('a,b\n1,2\n3\n'))).rejects.toThrow(
      /table.csv: not valid CSV/,
    );
    await expect(readRecords(join(folder, 'missing.csv'))).rejects.toThrow(/missing.csv/);
  });
});
