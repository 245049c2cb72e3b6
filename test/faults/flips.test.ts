import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { stream } from '../../src/random/stream.ts';
import { effort, Faults, seed, tell } from './effort.ts';
import { cachedSetIn, featuresIn, referenceIn } from './kept/caches.ts';
import { drawsIn, partialSetIn, stepsIn } from './kept/journals.ts';
import type { Kept } from './kept/kept.ts';
import { statisticsIn, sweepIn } from './kept/results.ts';
import { scratch } from './scratch.ts';

const makers = [
  drawsIn,
  stepsIn,
  partialSetIn,
  sweepIn,
  statisticsIn,
  referenceIn,
  featuresIn,
].concat(cachedSetIn);
const all: Kept[] = [];
for (const [i, make] of makers.entries()) all.push(await make(join(scratch, `kept-${i}`)));

describe('a changed bit', () => {
  it.each(all)(
    'in $name gives the same, or is done again, or refused',
    async ({ name, flips, files, read }) => {
      const originals = files.map((path) => [path, readFileSync(path)] as const);
      const bytes = originals.reduce((sum, [, content]) => sum + content.length, 0);
      const random = stream('flips', seed, name);
      const faults = new Faults();
      const counts = { same: 0, 'done again': 0, refused: 0 };
      const total = effort(...flips);
      const start = performance.now();
      expect(await read()).toBe('same');
      for (let flip = 0; flip < total; flip++) {
        for (const folder of new Set(files.map((path) => dirname(path)))) {
          rmSync(folder, { recursive: true, force: true });
          mkdirSync(folder, { recursive: true });
        }
        let at = random.integer(bytes);
        const bit = random.integer(8);
        let place = '';
        for (const [path, content] of originals) {
          const changed = Buffer.from(content);
          if (at >= 0 && at < content.length) {
            changed[at]! ^= 1 << bit;
            place = `${path}, byte ${at}, bit ${bit}`;
          }
          at -= content.length;
          writeFileSync(path, changed);
        }
        try {
          const verdict = await read();
          if (typeof verdict === 'object') faults.add(`${place}: ${verdict.fault}`);
          else counts[verdict]++;
        } catch (error) {
          if (error instanceof StudyError) counts.refused++;
          else faults.add(`${place}: ${(error as Error).stack}`);
        }
      }
      const seconds = Math.round((performance.now() - start) / 1000);
      tell(`flips in ${name}`, { flips: total, ...counts, faults: faults.length, seconds });
      expect([...faults].slice(0, 5)).toEqual([]);
      // Most bits matter.
      expect(counts.same).toBeLessThan(total / 2);
    },
  );
});
