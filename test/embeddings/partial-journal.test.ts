import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { featuresName } from '../../src/embeddings/manifest.ts';
import { entryLine, journalName, PartialSet } from '../../src/embeddings/partial-set.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const dimension = 3;
const rows = (count: number, first: number) =>
  Float32Array.from({ length: count * dimension }, (_, i) => first + i / 8);

async function written(at: string): Promise<void> {
  const set = await PartialSet.open(at, dimension, { by: 'this' });
  await set.append(5, rows(5, 0), []);
  await set.append(4, rows(3, 50), [{ index: 7, reason: 'bad' }], new Map([['a'.repeat(64), 2]]));
  await set.close();
}

describe('the journal of a set that is being extracted', () => {
  it('has no bit whose change gives other rows, another count or another list of bad images', async () => {
    const at = join(folder, 'flips');
    await written(at);
    const [journal, features] = [journalName, featuresName].map((name) =>
      readFileSync(join(at, name)),
    ) as [Buffer, Buffer];
    const found: Record<string, number> = { '0/0': 0, '5/5': 0, '9/8': 0 };
    for (const [name, step] of [
      [journalName, 7],
      [featuresName, 13],
    ] as const) {
      for (const changed of flips(name === journalName ? journal : features, step)) {
        writeFileSync(join(at, journalName), journal);
        writeFileSync(join(at, featuresName), features);
        writeFileSync(join(at, name), changed);
        const set = await PartialSet.open(at, dimension);
        const state = `${set.images}/${set.rows}`;
        found[state] = (found[state] ?? 0) + 1;
        expect(set.skipped).toEqual(set.images === 9 ? [{ index: 7, reason: 'bad' }] : []);
        expect([...set.reused.values()]).toEqual(set.images === 9 ? [2] : []);
        await set.complete();
        await set.close();
        // After the header, the rows that were written, up to the last whole chunk.
        const length = set.rows * dimension * 4;
        expect(
          readFileSync(join(at, featuresName))
            .subarray(128)
            .equals(features.subarray(128, 128 + length)),
        ).toBe(true);
      }
    }
    expect(Object.keys(found)).toHaveLength(3);
    // Of the header alone, which is written at the end.
    expect(found['9/8']! / (128 * 8)).toBeLessThan(0.2);
  });

  it('takes no line of a set of other dimension, nor of an earlier version', async () => {
    const at = join(folder, 'other');
    mkdirSync(at);
    const entry = { images: 5, rows: 5, sha256: '0', skipped: [], reused: {}, by: '' };
    for (const line of [entryLine(entry, 4), `${JSON.stringify(entry)}\n`]) {
      writeFileSync(join(at, journalName), line);
      const set = await PartialSet.open(at, dimension);
      expect(set.images).toBe(0);
      await set.close();
    }
  });

  it('tells whether its rows are of several machines', async () => {
    const at = join(folder, 'makers');
    await written(at);
    for (const [by, isMixed] of [
      ['this', false],
      ['that', true],
    ] as const) {
      const set = await PartialSet.open(at, dimension, { by });
      await set.append(1, rows(1, 90), []);
      expect(set.isMixed).toBe(isMixed);
      await set.close();
    }
  });
});
