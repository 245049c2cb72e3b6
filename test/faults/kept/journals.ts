import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DrawOutcome } from '../../../src/draws/outcome.ts';
import { Digests, digestsName } from '../../../src/embeddings/digests.ts';
import { featuresName } from '../../../src/embeddings/manifest.ts';
import { journalName, PartialSet } from '../../../src/embeddings/partial-set.ts';
import { openSteps } from '../../../src/studies/steps.ts';
import { openJournal } from '../../../src/sweep/journal.ts';
import { type Kept, verdict } from './kept.ts';

/** The draws of a sweep. */
export async function drawsIn(folder: string): Promise<Kept> {
  const identity = { sweep: 'a sweep', numbers: 'a spectrum' };
  const draws = Array.from({ length: 8 }, (_, i): DrawOutcome => {
    const terms = {
      meanTerm: Math.SQRT1_2 / (i + 1),
      traceReference: 4,
      traceGenerated: 4.5,
      traceSqrt: 4.2,
    };
    const distance = terms.meanTerm + 4 + 4.5 - 2 * 4.2;
    return { seed: i + 1, size: 100, seconds: 0.5, terms: { distance, ...terms }, error: null };
  });
  const written = await openJournal(folder, identity, false);
  for (const draw of draws) await written.add(draw);
  await written.close();
  return {
    name: 'draws.jsonl',
    flips: [200, 5000],
    files: [join(folder, 'draws.jsonl')],
    async read() {
      const journal = await openJournal(folder, identity, false);
      await journal.close();
      const kept = [...journal.done.values()];
      const isSame = kept.every((draw) => draws.some((one) => isDeepStrictEqual(one, draw)));
      return verdict(isSame, kept.length === draws.length, JSON.stringify(kept));
    },
  };
}

/** The steps of a study. */
export async function stepsIn(folder: string): Promise<Kept> {
  const values = [1 / 3, [1, 2, Math.PI], { fid: 0.25, names: ['a', 'b'] }, 'text', null];
  const written = openSteps(folder);
  for (const [i, value] of values.entries()) await written.do({ step: i }, async () => value);
  await written.close();
  return {
    name: 'steps.jsonl',
    flips: [200, 4000],
    files: [join(folder, 'steps.jsonl')],
    async read() {
      const steps = openSteps(folder);
      let isWhole = true;
      const read: unknown[] = [];
      for (const [i, value] of values.entries()) {
        const again = async () => {
          isWhole = false;
          return value;
        };
        read.push(await steps.do({ step: i }, again));
      }
      await steps.close();
      return verdict(isDeepStrictEqual(read, values), isWhole, JSON.stringify(read));
    },
  };
}

/** A set of features that is being extracted. */
export async function partialSetIn(folder: string): Promise<Kept> {
  const dimension = 5;
  const rows = (count: number, first: number) =>
    Float32Array.from({ length: count * dimension }, (_, i) => first + i / 8);
  const written = await PartialSet.open(folder, dimension, new Digests(10), { by: 'this' });
  const none = { bad: [], reused: new Map() };
  await written.append({ images: 4, rows: rows(4, 0), ...none });
  const bad = [{ index: 6, reason: 'bad' }];
  await written.append({ images: 4, rows: rows(3, 50), bad, reused: new Map() });
  await written.append({ images: 2, rows: rows(2, 90), ...none });
  await written.close();
  const features = join(folder, featuresName);
  const whole = readFileSync(features);
  return {
    name: 'a partial set',
    flips: [200, 5000],
    files: [features, join(folder, journalName), join(folder, digestsName)],
    async read() {
      const set = await PartialSet.open(folder, dimension, new Digests(10));
      const { images, rows: count, skipped } = set;
      await set.close();
      // Chunks end after 4, 8 and 10 images, of 4, 7 and 9 rows.
      const known: Readonly<Record<number, number>> = { 0: 0, 4: 4, 8: 7, 10: 9 };
      const end = 128 + count * dimension * 4;
      const isSame =
        known[images] === count &&
        readFileSync(features).subarray(128, end).equals(whole.subarray(128, end)) &&
        isDeepStrictEqual(skipped, images >= 8 ? [{ index: 6, reason: 'bad' }] : []);
      return verdict(isSame, images === 10, `${images} images, ${count} rows`);
    },
  };
}
