import { describe, expect, it } from 'vitest';
import { compareSets } from '../../../src/answers/compare/compare.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { referenceOfFeatures } from '../../../src/metrics/features.ts';
import { type MechanismName, mechanism } from '../../../src/studies/bake-off/mechanisms.ts';

const algebra = fastAlgebra(1);
const d = 32;
const REPETITIONS = 200;
const options = { basis: 'infinity', sizes: [], seeds: [0], algebra } as const;

/** Sets a and b of one population, z of the reference's: intervals of their differences at infinity. */
async function differences(name: MechanismName, ratio: number, referenceRatio: number | null) {
  const generated = mechanism(name, false, d, algebra);
  const real = mechanism(name, true, d, algebra);
  const rows = Math.round(ratio * d);
  let [wrong, holds] = [0, 0];
  for (let seed = 0; seed < REPETITIONS; seed++) {
    const of = (set: string) => ['differences', seed, set];
    const features =
      referenceRatio === null
        ? undefined
        : real.drawReference(Math.round(referenceRatio * d), of('reference'));
    const reference = features ? await referenceOfFeatures(features, algebra) : real.reference;
    const sets = [
      { name: 'a', features: generated.draw(rows, of('a')) },
      { name: 'b', features: generated.draw(rows, of('b')) },
      { name: 'z', features: real.draw(rows, of('z')) },
    ];
    const { pairs } = await compareSets(sets, reference, {
      ...options,
      referenceRows: features?.rows ?? null,
      referenceFeatures: features,
    });
    const pair = (a: string, b: string) =>
      pairs.find(({ better, worse }) => [better, worse].sort().join() === `${a},${b}`)!;
    if (pair('a', 'b').lower > 0) wrong++;
    const { worse, lower, upper } = pair('a', 'z');
    const truth = worse === 'a' ? generated.truth : -generated.truth;
    if (lower <= truth && truth <= upper) holds++;
  }
  return { wrong: wrong / REPETITIONS, coverage: holds / REPETITIONS };
}

// Two Monte-Carlo errors of 5 % over 200 repetitions.
const SLACK = 2 * Math.sqrt((0.05 * 0.95) / REPETITIONS);

describe('differences at infinity', () => {
  it.each([
    ['student-t-5', 2.4, null],
    ['student-t-5', 5, null],
    ['student-t-5', 5, 5],
    ['relu', 5, null],
    ['relu', 5, 5],
  ] as const)(
    'tell sets of one population apart in 5 %% at most, and hold the truth of others: %s, N = %f d, M/d = %s',
    async (name, ratio, referenceRatio) => {
      const { wrong, coverage } = await differences(name, ratio, referenceRatio);
      expect(wrong).toBeLessThanOrEqual(0.05 + SLACK);
      expect(coverage).toBeGreaterThanOrEqual(0.95 - 2 * SLACK);
    },
  );
});
