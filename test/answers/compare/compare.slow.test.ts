import { describe, expect, it } from 'vitest';
import { compareSets } from '../../../src/answers/compare/compare.ts';
import { frechetDistance } from '../../../src/metrics/frechet-distance.ts';
import { plainAlgebra as algebra, plainMoments } from '../../linalg/plain.ts';
import { featuresOf } from '../../metrics/feature-pools.ts';
import { correlated, fidOf, generated, latents, population, reference } from './draws.ts';

const [A, B, N, SMALL] = [0.3, 0.36, 400, 60];
const REPETITIONS = 1000;
const truth = fidOf(B) - fidOf(A);
const options = { basis: { size: N }, seeds: [0, 1, 2], referenceRows: null, algebra };

/** 95 % intervals of two sets of latents: how many hold the truth, and how wide they are. */
async function intervals(correlation: number, paired: boolean, sizes: readonly number[] = []) {
  let [covered, se, squares, predicted] = [0, 0, 0, 0];
  for (let seed = 0; seed < REPETITIONS; seed++) {
    const z = latents(N, seed);
    const sets = [
      { name: 'a', features: featuresOf(generated(z, A)) },
      { name: 'b', features: featuresOf(generated(correlated(z, correlation, seed), B)) },
    ];
    const { pairs } = await compareSets(sets, reference, { ...options, sizes, paired });
    const [pair] = pairs;
    const isRight = pair!.better === 'a';
    const error = (isRight ? pair!.difference : -pair!.difference) - truth;
    if (Math.abs(error) < 1.96 * pair!.se) covered++;
    se += pair!.se / REPETITIONS;
    squares += error ** 2 / REPETITIONS;
    // A comparison that got it wrong at N calls the right order a reversal.
    const chance = pair!.reversals[0]?.probability ?? 0;
    predicted += (isRight ? chance : 1 - chance) / REPETITIONS;
  }
  return { coverage: covered / REPETITIONS, se, error: Math.sqrt(squares), predicted };
}

// Three Monte-Carlo errors of a coverage of 0.95.
const SLACK = 3 * Math.sqrt((0.95 * 0.05) / REPETITIONS);

describe('compareSets', () => {
  it('has intervals that hold the true difference, and the true chance of a reversal', async () => {
    const { coverage, se, error, predicted } = await intervals(0, false, [SMALL]);
    expect(Math.abs(coverage - 0.95)).toBeLessThan(SLACK);
    expect(Math.abs(se / error - 1)).toBeLessThan(0.07);
    let reversed = 0;
    const draws = 2000;
    for (let seed = 0; seed < draws; seed++) {
      const of = async (offset: number) => {
        const x = generated(latents(SMALL, 'new', offset, seed), offset);
        return (await frechetDistance(population, plainMoments(x), algebra)).distance;
      };
      if ((await of(A)) > (await of(B))) reversed++;
    }
    expect(reversed / draws).toBeGreaterThan(0.1);
    // What is not known of the difference draws the chance towards a half, never away from it.
    expect(predicted - reversed / draws).toBeGreaterThan(-0.02);
    expect(predicted - reversed / draws).toBeLessThan(0.1);
  });

  it.each([0.5, 0.95])(
    'has intervals for pairs that correlate by %d, and narrower ones',
    async (correlation) => {
      const paired = await intervals(correlation, true);
      expect(Math.abs(paired.coverage - 0.95)).toBeLessThan(SLACK);
      expect(Math.abs(paired.se / paired.error - 1)).toBeLessThan(0.07);
      const apart = await intervals(correlation, false);
      expect(paired.se / apart.se).toBeLessThan(correlation > 0.9 ? 0.5 : 0.95);
      // Taken for independent they cover too much.
      expect(apart.coverage).toBeGreaterThan(paired.coverage);
    },
  );
});
