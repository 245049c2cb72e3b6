import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  datasetConstant,
  datasetsWithConstant,
  givenConstant,
} from '../../../src/answers/correct/bias-constant.ts';
import { correctFid } from '../../../src/answers/correct/correct.ts';
import { leaveOneOut, predictionErrors } from '../../../src/answers/correct/leave-one-out.ts';
import { publishedPairs } from '../../../src/answers/correct/pairs.ts';
import { publishedSpreads, samplingFactor } from '../../../src/answers/correct/sampling-error.ts';
import { StudyError } from '../../../src/errors.ts';
import { lawfulPairs } from './published.ts';

const all = publishedPairs();
const cifar10 = datasetConstant('cifar10', all);
const at = (generated: number, reference: number | null = null) => ({ generated, reference });

describe('datasetConstant', () => {
  it('is the constant of pairs that share one, whose models then do not differ', () => {
    const { value, spread, degrees } = datasetConstant('made', lawfulPairs([2e4, 2e4, 2e4]));
    expect(Math.abs(value / 2e4 - 1)).toBeLessThan(1e-5);
    expect(spread).toBeLessThan(1e-5);
    expect(degrees).toBe(2);
  });

  it('takes the spread between models from those that differ', () => {
    // Equal weights, so that the spread is the plain standard deviation.
    const pairs = lawfulPairs([19_000, 20_000, 21_000], { level: 3000 });
    const { value, spread, se } = datasetConstant('made', pairs);
    expect(Math.abs(value / 20_000 - 1)).toBeLessThan(1e-3);
    expect(Math.abs(spread / 0.05 - 1)).toBeLessThan(1e-2);
    expect(se).toBeGreaterThanOrEqual((spread * value) / Math.sqrt(3));
  });

  it('lets a data set of one source borrow the spread of the others', () => {
    const pairs = [
      ...lawfulPairs([19_000, 21_000], { level: 3000 }),
      ...lawfulPairs([1000], { dataset: 'alone' }),
    ];
    const { spread } = datasetConstant('alone', pairs);
    expect(spread).toBe(datasetConstant('made', pairs).spread);
    expect(() => datasetConstant('alone', pairs.slice(1))).toThrow(StudyError);
  });

  it('never uses the pair that it is to predict', () => {
    expect(cifar10.pairs.map(({ pair }) => pair.model)).not.toContain('OT-CFM');
    const without = all.filter(({ model }) => model !== 'OT-CFM');
    expect(datasetConstant('cifar10', without)).toEqual(cifar10);
  });

  it('refuses data sets without a pair, and those whose pairs contradict 1/N', () => {
    expect(() => datasetConstant('svhn', all)).toThrow('no published constant of the data set');
    expect(() => datasetConstant('lsun-celeba', all)).toThrow('contradict 1/N');
  });
});

describe('correctFid', () => {
  it('has the reported 5.12 in its interval for 9.75, by other sources alone', () => {
    const { fid, lower, upper, reliable } = correctFid(9.75, at(5000), at(50_000), cifar10);
    expect(Math.abs(fid - 5.12)).toBeLessThan(0.15);
    expect(lower).toBeLessThan(5.12);
    expect(upper).toBeGreaterThan(5.12);
    expect(upper - lower).toBeLessThan(2);
    expect(reliable).toBe(true);
  });

  it('goes back and forth to where it came from', () => {
    const size = fc.integer({ min: 3000, max: 1e6 });
    fc.assert(
      fc.property(fc.double({ min: -1, max: 300, noNaN: true }), size, size, (fid, a, b) => {
        const there = correctFid(fid, at(a), at(b), cifar10);
        const back = correctFid(there.fid, at(b), at(a), cifar10);
        expect(Math.abs(back.fid - fid)).toBeLessThan(1e-9 * (1 + Math.abs(fid)));
        expect(Math.sign(there.correction)).toBe(Math.sign(b - a));
      }),
    );
  });

  it('changes nothing, and is sure of it, where no size changes', () => {
    const { fid, lower, upper } = correctFid(9.75, at(5000, 1e4), at(5000, 1e4), cifar10);
    expect([fid, lower, upper]).toEqual([9.75, 9.75, 9.75]);
  });

  it('goes in steps as in one', () => {
    const infinity = Number.POSITIVE_INFINITY;
    const half = correctFid(9.75, at(5000, 50_000), at(infinity, 50_000), cifar10);
    const whole = correctFid(half.fid, at(infinity, 50_000), at(infinity, infinity), cifar10);
    const once = correctFid(9.75, at(5000, 50_000), at(infinity, infinity), cifar10);
    expect(whole.fid).toBeCloseTo(once.fid, 12);
    expect(once.errors.target).toBe(0);
  });

  it('says at N ≤ 2048 that it does not know, and its interval says so too', () => {
    const small = correctFid(32.17, at(1000), at(50_000), cifar10);
    expect(small.reliable).toBe(false);
    expect(small.upper - small.lower).toBeGreaterThan(10);
    expect(correctFid(9.75, at(5000, 2048), at(5000, 1e4), cifar10).reliable).toBe(false);
    expect(correctFid(9.75, at(2049), at(50_000), cifar10).reliable).toBe(true);
  });

  it('widens with the error of a given constant', () => {
    const width = (constant: typeof cifar10 | ReturnType<typeof givenConstant>) => {
      const { lower, upper } = correctFid(9.75, at(5000), at(50_000), constant);
      return upper - lower;
    };
    const sure = givenConstant(26_000, 0, all);
    const unsure = givenConstant(26_000, 3000, all);
    expect(width(unsure)).toBeGreaterThan(width(sure));
  });
});

describe('leaveOneOut', () => {
  const predictions = leaveOneOut(all);

  it('predicts each pair without its own family', () => {
    const real = predictions.filter(({ pair }) => pair.family === 'real images');
    const rest = all.filter(
      ({ family, dataset }) => family !== 'real images' || dataset === 'mnist',
    );
    const expected = datasetConstant('cifar10', rest).value;
    const ofCifar10 = real.filter(({ pair }) => pair.dataset === 'cifar10');
    expect(ofCifar10.map(({ constant }) => constant)).toEqual([expected, expected]);
  });

  it('has no prediction where there is no other source', () => {
    const alone = predictions.filter(({ predicted }) => predicted === null);
    expect(alone.map(({ pair }) => pair.dataset)).toEqual([
      'lsun-church',
      'ffhq',
      'mnist',
      'coco',
      'lsun-celeba',
    ]);
  });

  it('finds most reported values within their interval, the counter-example far outside', () => {
    const unmarked = predictionErrors(predictions, ['constant']);
    const { count, inside, median, worst, worstModel } = unmarked;
    expect(count).toBe(10);
    expect(inside).toBeGreaterThanOrEqual(9);
    expect(median).toBeLessThan(0.3);
    expect(worst).toBeGreaterThan(median);
    expect(worstModel).toBe('SSGAN (mimicry)');
    const everything = predictionErrors(predictions, ['constant', 'small-n', 'counter-example']);
    expect(everything).toMatchObject({ count: 13, worstModel: 'LDM' });
    expect(everything.median).toBeGreaterThan(median);
    const counter = predictions.find(({ pair, predicted }) => predicted && pair.model === 'LDM')!;
    expect(counter.reported).toBeLessThan(counter.predicted!.lower - 3);
  });
});

describe('the tables that come with the package', () => {
  it('give every row a source', () => {
    for (const { source } of [...all, ...publishedSpreads()]) expect(source).toMatch(/https:\/\//);
    expect(datasetsWithConstant(all)).toEqual(
      expect.arrayContaining(['cifar10', 'imagenet', 'lsun-church', 'ffhq', 'mnist']),
    );
  });

  it('fit SD = k √(FID/N) to within a factor of two', () => {
    for (const { sd, fid, n_gen } of publishedSpreads()) {
      const ratio = sd / (samplingFactor() * Math.sqrt(fid / n_gen));
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
  });
});
