import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Digests, digestsName } from '../../src/embeddings/digests.ts';
import { featuresName } from '../../src/embeddings/manifest.ts';
import { entryLine, journalName, PartialSet } from '../../src/embeddings/partial-set.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const dimension = 3;
const rows = (count: number, first: number) =>
  Float32Array.from({ length: count * dimension }, (_, i) => first + i / 8);

/** Digests that tell one image from another. */
const digests = (count: number) =>
  new Digests(Buffer.from(Array.from({ length: 32 * count }, (_, i) => (7 * i + (i >> 5)) % 256)));

async function written(at: string): Promise<void> {
  const set = await PartialSet.open(at, dimension, digests(9), { by: 'this' });
  await set.append({ images: 5, rows: rows(5, 0), bad: [], reused: new Map() });
  const bad = [{ index: 7, reason: 'bad' }];
  const reused = new Map([['a'.repeat(64), 2]]);
  await set.append({ images: 4, rows: rows(3, 50), bad, reused });
  await set.close();
}

describe('the journal of a set that is being extracted', () => {
  it('has no bit whose change gives other rows, another count or another list of bad images', async () => {
    const at = join(folder, 'flips');
    await written(at);
    const [journal, features, of] = [journalName, featuresName, digestsName].map((name) =>
      readFileSync(join(at, name)),
    ) as [Buffer, Buffer, Buffer];
    const found: Record<string, number> = { '0/0': 0, '5/5': 0, '9/8': 0 };
    for (const [name, step] of [
      [journalName, 29],
      [featuresName, 53],
      [digestsName, 113],
    ] as const) {
      const whole = { [journalName]: journal, [featuresName]: features, [digestsName]: of }[name]!;
      for (const changed of flips(whole, step)) {
        writeFileSync(join(at, journalName), journal);
        writeFileSync(join(at, featuresName), features);
        writeFileSync(join(at, digestsName), of);
        writeFileSync(join(at, name), changed);
        const set = await PartialSet.open(at, dimension, digests(20));
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
    const entry = {
      images: 5,
      rows: 5,
      sha256: '0',
      digests: '0',
      skipped: [],
      reused: {},
      by: '',
    };
    for (const line of [entryLine(entry, 4), `${JSON.stringify(entry)}\n`]) {
      writeFileSync(join(at, journalName), line);
      const set = await PartialSet.open(at, dimension, digests(20));
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
      const set = await PartialSet.open(at, dimension, digests(20), { by });
      await set.append({ images: 1, rows: rows(1, 90), bad: [], reused: new Map() });
      expect(set.isMixed).toBe(isMixed);
      await set.close();
    }
  });
});
