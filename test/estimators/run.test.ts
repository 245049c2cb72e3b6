import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { withInterval } from '../../src/estimators/estimate.ts';
import { allEstimators } from '../../src/estimators/registry.ts';
import { estimatePool, estimateStatistics } from '../../src/estimators/run.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import { plainAlgebra as algebra, plainMoments } from '../linalg/plain.ts';
import { featuresOf } from '../metrics/feature-pools.ts';
import { momentsOf, smallPool } from './pools.ts';

const [N, d] = [90, 6];
const { x, pool, statistics, reference } = await smallPool(N, d, 1);
const estimators = allEstimators(20);
const range = (start: number, end: number) =>
  Array.from({ length: end - start }, (_, i) => start + i);
const distance = async (rows: readonly number[]) =>
  (await frechetDistance(statistics, momentsOf(x, rows), algebra)).distance;

describe('estimators of one pool', async () => {
  const run = { estimators, seed: null, algebra };
  const { shared, estimates, failures } = await estimatePool(pool, reference, run);
  const of = (method: string) => estimates.find((estimate) => estimate.method === method)!;

  it('all give an estimate with an interval around it', () => {
    expect(failures).toEqual([]);
    expect(estimates.map(({ method }) => method)).toEqual(estimators.map(({ method }) => method));
    for (const { method, estimate, se, lower, upper } of estimates) {
      expect(se).toBeGreaterThan(0);
      const half = 1.959963984540054 * se!;
      const [below, above] = [(estimate - lower!) / half, (upper! - estimate) / half];
      // Random-matrix theory allows for a variance that is too small where the estimate is.
      if (method.startsWith('random-matrix')) {
        expect(above).toBeGreaterThan(1);
        expect(below).toBeLessThan(1);
      } else {
        expect(above).toBeCloseTo(1, 12);
        expect(below).toBeCloseTo(1, 12);
      }
    }
  });

  it('share distances that are those of the rows themselves', async () => {
    expect(shared.prefixes.size).toBeGreaterThan(10);
    for (const [size, { terms }] of shared.prefixes) {
      expect(terms.distance).toBeCloseTo(await distance(range(0, size)), 10);
    }
    for (const [index, { size, terms }] of shared.leftOut.get(10)!.entries()) {
      const rest = range(0, N).filter((row) => Math.floor(row / 9) !== index);
      expect(size).toBe(81);
      expect(terms.distance).toBeCloseTo(await distance(rest), 10);
    }
    const halves = [range(0, 45), range(45, 90)];
    for (const [index, half] of halves.entries()) {
      expect(shared.parts.get(2)![index]!.terms.distance).toBeCloseTo(await distance(half), 10);
    }
  });

  it('are what their definitions say', async () => {
    const whole = await distance(range(0, N));
    const [a, b] = [await distance(range(0, 45)), await distance(range(45, 90))];
    expect(of('plug-in').estimate).toBeCloseTo(whole, 10);
    expect(of('half-sample').estimate).toBeCloseTo(2 * whole - (a + b) / 2, 9);
    const constant =
      shared.whole.terms.traceGenerated + gaussianBiasConstant(0, shared.whole.roots);
    expect(of('analytic-gaussian').estimate).toBeCloseTo(whole - constant / N, 10);
  });

  it('do not depend on which others run along', async () => {
    for (const estimator of estimators) {
      const alone = await estimatePool(pool, reference, { ...run, estimators: [estimator] });
      expect(alone.estimates[0]!.estimate).toBeCloseTo(of(estimator.method).estimate, 9);
      expect(alone.estimates[0]!.se).toBeCloseTo(of(estimator.method).se!, 9);
    }
  });

  it('take the bias of a finite reference away, and have a larger error', async () => {
    const finite = await estimatePool(pool, reference, { ...run, referenceRows: 24 });
    for (const estimate of finite.estimates) {
      const known = of(estimate.method);
      const shift = known.estimate - estimate.estimate;
      if (estimate.method === 'plug-in') expect(shift).toBe(0);
      else expect(shift).toBeGreaterThan(0);
      expect(estimate.se!).toBeGreaterThan(known.se!);
    }
    const { terms, roots } = shared.whole;
    const constant = terms.traceReference + gaussianBiasConstant(0, roots);
    const gaussian = finite.estimates.find(({ method }) => method === 'analytic-gaussian')!;
    expect(gaussian.estimate).toBeCloseTo(of('analytic-gaussian').estimate - constant / 24, 10);
  });

  it('from statistics are those that need no rows', async () => {
    const moments = plainMoments(x);
    const found = await estimateStatistics(moments, N, reference, { estimators, algebra });
    expect(found.estimates.map(({ method }) => method)).toEqual([
      'plug-in',
      'analytic-gaussian',
      'random-matrix',
    ]);
    for (const { method, estimate } of found.estimates) {
      expect(estimate).toBeCloseTo(of(method).estimate, 10);
    }
    expect(found.failures.map(({ error }) => error.message)).toContain(
      'jackknife needs the features themselves, not their statistics',
    );
  });

  it('that fail leave the others alone', async () => {
    const few = featuresOf({ data: x.data.subarray(0, 12 * d), rows: 12, columns: d });
    const small = await estimatePool(few, reference, { ...run, estimators: allEstimators() });
    expect(small.failures.map(({ method }) => method)).toContain('fid-infinity');
    for (const { error } of small.failures) expect(error).toBeInstanceOf(StudyError);
    expect(small.estimates.map(({ method }) => method)).toContain('half-sample');
  });

  it('see a shuffled pool in the same order for the same seed only', async () => {
    const halfOf = async (seed: number) => {
      const { estimates: found } = await estimatePool(pool, reference, { ...run, seed });
      return found.find(({ method }) => method === 'half-sample')!.estimate;
    };
    expect(await halfOf(1)).toBe(await halfOf(1));
    expect(await halfOf(1)).not.toBe(await halfOf(2));
  });
});

describe('an estimate below 0', () => {
  it('says why that is right where its interval reaches 0, and what it contradicts where not', () => {
    const notes = (estimate: number, se: number | null) =>
      withInterval({
        method: 'made',
        estimate,
        errors: se === null ? null : { sampling: se },
      }).notes.join();
    expect(notes(0.1, 1)).toBe('');
    for (const se of [1, null])
      expect(notes(-1, se)).toContain('an estimate without bias falls on');
    expect(notes(-2, 1)).toContain('the whole 95 % interval is below 0');
  });

  it('is not clipped: that of a set against itself', async () => {
    const run = { estimators: allEstimators(20), algebra };
    const same = plainMoments(x);
    const found = await estimateStatistics(
      same,
      N,
      await referenceOfStatistics(same, algebra),
      run,
    );
    const debiased = found.estimates.find(({ method }) => method === 'analytic-gaussian')!;
    expect(debiased.estimate).toBeLessThan(0);
    expect(debiased.notes.join()).toContain('images shared with the reference');
  });
});
