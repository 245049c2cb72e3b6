import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Digests } from '../../src/embeddings/digests.ts';
import { featuresName } from '../../src/embeddings/manifest.ts';
import {
  type Entry,
  entryLine,
  journalName,
  PartialSet,
} from '../../src/embeddings/partial-set.ts';
import { StudyError } from '../../src/errors.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const dimension = 3;
const path = (name: string) => join(folder, name);
const rowsOf = (count: number, first: number) =>
  Float32Array.from({ length: count * dimension }, (_, i) => first * 100 + i);
const sha256 = (rows: Float32Array) =>
  createHash('sha256').update(new Uint8Array(rows.buffer)).digest('hex');
/** The hash of 5 digests that are empty, as those here are. */
const noDigests = createHash('sha256')
  .update(new Uint8Array(5 * 32))
  .digest('hex');
/** Whole as a line, whatever it claims. */
const line = (entry: object) =>
  entryLine(
    { skipped: [], reused: {}, by: '', digests: noDigests, ...entry } as unknown as Entry,
    dimension,
  );

let features: Buffer;
let journal: string;

/** Two chunks: images 0 to 4, and 5 to 9 of which image 7 is bad. */
beforeEach(async () => {
  for (const name of [featuresName, journalName]) writeFileSync(path(name), '');
  const set = await PartialSet.open(folder, dimension, new Digests(20));
  await set.append({ images: 5, rows: rowsOf(5, 0), bad: [], reused: new Map() });
  const bad = [{ index: 7, reason: 'bad' }];
  await set.append({ images: 5, rows: rowsOf(4, 1), bad, reused: new Map() });
  await set.close();
  features = readFileSync(path(featuresName));
  journal = readFileSync(path(journalName), 'utf8');
});

afterEach(() => expect(existsSync(path(journalName))).toBe(true));

async function resumed(text: string | Buffer): Promise<{ images: number; rows: number }> {
  writeFileSync(path(featuresName), features);
  writeFileSync(path(journalName), text);
  const set = await PartialSet.open(folder, dimension, new Digests(20));
  const { images, rows } = set;
  await set.close();
  return { images, rows };
}

describe('a set that goes on', () => {
  it('takes the chunks that are whole', async () => {
    expect(await resumed(journal)).toEqual({ images: 10, rows: 9 });
  });

  it.each([
    ['rows of 2³²', { images: 15, rows: 2 ** 32, sha256: 'a'.repeat(64) }],
    ['rows of 2⁵³ − 1', { images: 15, rows: Number.MAX_SAFE_INTEGER, sha256: 'a'.repeat(64) }],
    ['more rows than the file has', { images: 15, rows: 5, sha256: 'a'.repeat(64) }],
  ])('does a chunk again whose line claims %s', async (_, entry) => {
    expect(await resumed(journal + line(entry))).toEqual({ images: 10, rows: 9 });
  });

  it.each([
    ['more images than rows', { images: 7 }],
    ['fewer images than rows', { images: 4 }],
    ['a skipped image of another chunk', { images: 6, skipped: [{ index: 6, reason: 'bad' }] }],
    ['an image skipped before the first', { images: 6, skipped: [{ index: -1, reason: 'bad' }] }],
    [
      'an image skipped twice',
      {
        images: 7,
        skipped: [
          { index: 2, reason: 'bad' },
          { index: 2, reason: 'bad' },
        ],
      },
    ],
    ['more copied rows than rows', { images: 5, reused: { ['a'.repeat(64)]: 6 } }],
  ])('does a chunk again whose line has %s', async (_, entry) => {
    const first = { rows: 5, sha256: sha256(rowsOf(5, 0)), ...entry };
    expect(await resumed(line(first))).toEqual({ images: 0, rows: 0 });
  });

  it('survives any bytes in its journal, and never has images out of step with rows', async () => {
    const piece = fc.constantFrom(
      ...journal.split(/(?<=\n)/),
      ...['{', '}\n', '"rows":4294967296', 'null\n', '[]\n', '3\n', '\u0000', '{"images":1}\n'],
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.tuple(fc.nat({ max: journal.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
        const changed = Buffer.from(journal);
        changed[at] = byte;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (text) => {
        const outcome = await resumed(text).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StudyError);
        else
          expect([
            [0, 0],
            [5, 5],
            [10, 9],
          ]).toContainEqual(Object.values(outcome as object));
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
