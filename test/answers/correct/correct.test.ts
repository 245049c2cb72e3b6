import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  datasetConstant,
  datasetsWithConstant,
  givenConstant,
} from '../../../src/answers/correct/bias-constant.ts';
import { correctFid } from '../../../src/answers/correct/correct.ts';
import {
  familyErrors,
  leaveOneOut,
  predictionErrors,
} from '../../../src/answers/correct/leave-one-out.ts';
import { type LabelProtocol, publishedPairs } from '../../../src/answers/correct/pairs.ts';
import {
  meanSquare,
  publishedSpreads,
  samplingFactor,
} from '../../../src/answers/correct/sampling-error.ts';
import { StudyError } from '../../../src/errors.ts';
import { studentTQuantile } from '../../../src/theory/student-t.ts';
import { lawfulPairs } from './published.ts';

const all = publishedPairs();
const cifar10 = datasetConstant('cifar10', all);
const at = (generated: number, reference: number | null = null) => ({ generated, reference });

describe('datasetConstant', () => {
  it('is the constant of pairs that share one, whose models then do not differ', () => {
    const { value, spread, degrees } = datasetConstant('made', lawfulPairs([2e4, 2e4, 2e4]));
    expect(Math.abs(value / 2e4 - 1)).toBeLessThan(1e-5);
    expect(spread).toBe(0.03);
    expect(degrees).toBe(2);
  });

  it('takes the spread between models from those that differ', () => {
    // Sampling is next to nothing, so that the spread is the plain standard deviation of logarithms.
    const pairs = lawfulPairs([18_000, 20_000, 22_000], { level: 0 });
    const { value, spread, se, degrees } = datasetConstant('made', pairs);
    expect(Math.abs(value / 20_000 - 1)).toBeLessThan(5e-3);
    expect(Math.abs(spread / 0.1 - 1)).toBeLessThan(2e-2);
    expect(degrees).toBe(2);
    expect(se).toBeGreaterThanOrEqual((spread * value) / Math.sqrt(3));
  });

  it('does not take what sampling does for a spread between models', () => {
    // Of FIDs of 3,000 a constant is known to 6,000 at best.
    const pairs = lawfulPairs([19_000, 20_000, 21_000], { level: 3000 });
    expect(datasetConstant('made', pairs).spread).toBe(0.03);
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

describe('the protocol of labels', () => {
  const imagenet = (labelProtocol: LabelProtocol | null) =>
    datasetConstant('imagenet', all, { labelProtocol });
  const reach = ({ value, se, spread, degrees }: ReturnType<typeof imagenet>) => {
    const half = studentTQuantile(0.975, degrees) * Math.hypot(se, spread * value);
    return { lower: value - half, upper: value + half };
  };

  it('sets the constant of ImageNet: 30.9k to 31.8k of balanced, 34.4k to 38.6k of random labels', () => {
    const [balanced, random] = [imagenet('balanced'), imagenet('random')];
    expect(balanced.value).toBeGreaterThan(30_900);
    expect(balanced.value).toBeLessThan(31_800);
    expect(random.value).toBeGreaterThan(34_400);
    expect(random.value).toBeLessThan(38_600);
    // Every source of one protocol is within the reach of its constant, none of the other's.
    for (const value of [30_900, 31_800]) {
      expect(value).toBeGreaterThan(reach(balanced).lower);
      expect(value).toBeLessThan(Math.min(reach(balanced).upper, random.value - random.se));
    }
    for (const value of [34_400, 38_600]) {
      expect(value).toBeGreaterThan(reach(random).lower);
      expect(value).toBeLessThan(reach(random).upper);
    }
    expect(balanced.pairs.map(({ pair }) => pair.family)).toContain('MoTAR');
    expect(random.pairs.map(({ pair }) => pair.family)).not.toContain('MoTAR');
  });

  it('covers both constants where it is not stated', () => {
    const [balanced, random] = [reach(imagenet('balanced')), reach(imagenet('random'))];
    const unknown = imagenet(null);
    expect(reach(unknown).lower).toBeCloseTo(balanced.lower, 6);
    expect(reach(unknown).upper).toBeCloseTo(random.upper, 6);
    expect(Object.keys(unknown.byShares).sort()).toEqual(['fixed', 'independent']);
  });

  it('takes an unconditional model’s images for independent ones', () => {
    expect(imagenet('none').value).toBe(imagenet('random').value);
  });

  it('widens by the known gap where no source has the labels asked for', () => {
    const stated = datasetConstant('cifar10', all, { labelProtocol: 'random' });
    for (const labelProtocol of ['balanced', null] as const) {
      const other = datasetConstant('cifar10', all, { labelProtocol });
      expect(other.labelGap).toBeGreaterThan(0);
      const gap = other.labelGap * stated.value;
      expect(reach(other).lower).toBeCloseTo(reach(stated).lower - gap, 6);
      expect(reach(other).upper).toBeCloseTo(reach(stated).upper + gap, 6);
    }
    // Faces have no classes.
    expect(datasetConstant('ffhq', all).labelGap).toBe(0);
  });

  it('is one of pairs that are made, not of ImageNet alone', () => {
    const pairs = [
      ...lawfulPairs([30_000, 30_000], { labels: 'balanced' }),
      ...lawfulPairs([40_000, 40_000], { labels: 'random' }),
    ];
    const of = (labelProtocol: LabelProtocol) =>
      datasetConstant('made', pairs, { labelProtocol }).value;
    expect(Math.abs(of('balanced') / 30_000 - 1)).toBeLessThan(1e-5);
    expect(Math.abs(of('random') / 40_000 - 1)).toBeLessThan(1e-5);
  });
});

describe('the constant of another network', () => {
  it('is that of its own pairs, in its own units and number of features', () => {
    const dinov2 = datasetConstant('imagenet', all, { network: 'dinov2-vit-l14' });
    expect(Math.abs(dinov2.value / 420_000 - 1)).toBeLessThan(0.01);
    expect(dinov2).toMatchObject({ dimension: 1024, network: 'dinov2-vit-l14' });
    const clip = datasetConstant('imagenet', all, { network: 'clip-vit-l14' });
    expect(Math.abs(clip.value / 12_350 - 1)).toBeLessThan(0.01);
    // Medians between sizes that no constant is made of.
    for (const [constant, smaller, larger] of [
      [dinov2, 19.545, 9.067],
      [clip, 0.612, 0.286],
    ] as const) {
      const { fid, lower, upper } = correctFid(smaller, at(20_000), at(40_000), constant);
      expect(Math.abs(fid - larger)).toBeLessThan(0.06 * (smaller - larger));
      expect(lower).toBeLessThan(larger);
      expect(upper).toBeGreaterThan(larger);
    }
    expect(() => datasetConstant('ffhq', all, { network: 'clip-vit-l14' })).toThrow(
      'no published constant of the data set by clip-vit-l14: ffhq',
    );
  });
});

describe('correctFid', () => {
  it('counts as sampling what FID at infinity varies by, not its bias', () => {
    const of = (fid: number) => correctFid(fid, at(5000), at(50_000), cifar10).errors.reported;
    // At 5.2 + 4.5 the bias is more than half; four times FID at infinity is nearly twice the SD.
    const bias = cifar10.value / 5000;
    expect(of(bias + 18) / of(bias + 4.5)).toBeGreaterThan(1.85);
    expect(of(bias)).toBeLessThan(of(bias + 4.5) / 2);
  });

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
    const expected = datasetConstant('cifar10', rest, { labelProtocol: 'none' }).value;
    const ofCifar10 = real.filter(({ pair }) => pair.dataset === 'cifar10');
    expect(ofCifar10).toHaveLength(6);
    for (const { constant } of ofCifar10) expect(constant).toBeCloseTo(expected, 8);
  });

  it('has no prediction where there is no other source', () => {
    const alone = predictions.filter(({ predicted }) => predicted === null);
    expect(alone.map(({ pair }) => `${pair.dataset} ${pair.network}`)).toEqual([
      'imagenet dinov2-vit-l14',
      'imagenet clip-vit-l14',
      'lsun-church fid-inception',
      'celeba fid-inception',
      'celeba fid-inception',
      'mnist fid-inception',
      'coco fid-inception',
      'lsun-celeba fid-inception',
    ]);
  });

  it('finds most reported values within their interval, the counter-example far outside', () => {
    const unmarked = predictionErrors(predictions, ['constant']);
    const { count, inside, median, worst, worstModel } = unmarked;
    expect(count).toBe(16);
    expect(inside).toBeGreaterThanOrEqual(15);
    expect(median).toBeLessThan(0.3);
    expect(worst).toBeGreaterThan(median);
    expect(worstModel).toBe('SSGAN (mimicry)');
    const everything = predictionErrors(predictions, ['constant', 'small-n', 'counter-example']);
    expect(everything).toMatchObject({ count: 20, worstModel: 'LDM' });
    expect(everything.median).toBeGreaterThan(median);
    const counter = predictions.find(({ pair, predicted }) => predicted && pair.model === 'LDM')!;
    expect(counter.reported).toBeLessThan(counter.predicted!.lower - 3);
  });
});

describe('familyErrors', () => {
  const predictions = leaveOneOut(all);

  it('has 92 % of families within all their intervals, and a median error of 8 % at most', () => {
    const { count, inside, medianShare } = familyErrors(predictions, ['constant', 'test']);
    expect(count).toBeGreaterThanOrEqual(12);
    expect(inside / count).toBeGreaterThanOrEqual(0.92);
    expect(medianShare).toBeLessThanOrEqual(0.08);
  });

  it('holds the pairs that no constant is made of', () => {
    const heldOut = predictionErrors(predictions, ['test']);
    expect(heldOut).toMatchObject({ count: 7, inside: 7 });
    expect(heldOut.medianShare).toBeLessThanOrEqual(0.08);
  });

  it('gives a family one vote, which one interval outside loses', () => {
    const [first, second] = predictions.filter(({ pair }) => pair.family === 'MoTAR');
    const missed = { ...second!, reported: 99 };
    const errors = familyErrors([first!, missed], ['constant']);
    expect(errors).toMatchObject({ count: 1, inside: 0 });
  });
});

describe('the tables that come with the package', () => {
  it('give every row a source', () => {
    for (const { source } of [...all, ...publishedSpreads()]) expect(source).toMatch(/https:\/\//);
    expect(datasetsWithConstant(all)).toEqual(
      expect.arrayContaining(['cifar10', 'imagenet', 'lsun-church', 'ffhq', 'mnist']),
    );
  });

  it('fit SD = k √(FID∞/N) of each laboratory to within a factor of 1.6', () => {
    const spreads = publishedSpreads();
    const sources = [...new Set(spreads.map(({ source }) => source))];
    expect(sources).toHaveLength(3);
    for (const source of sources) {
      const rows = spreads.filter((row) => row.source === source);
      const ratio = samplingFactor() / Math.sqrt(meanSquare(rows));
      expect(ratio).toBeGreaterThan(1 / 1.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });

  it('have a bias in each spread that the constants of pairs give', () => {
    const constants = new Map([
      ['cifar10', 26_000],
      ['ffhq', 16_600],
      ['celeba', 11_300],
    ]);
    for (const [name, constant] of constants) {
      expect(Math.abs(datasetConstant(name, all).value / constant - 1)).toBeLessThan(0.05);
      const rows = publishedSpreads().filter(({ dataset }) => dataset.startsWith(name));
      expect(rows.length).toBeGreaterThan(1);
      for (const { bias, n_gen } of rows) {
        // Of the generated images alone, and of a reference half as large too.
        expect(bias).toBeGreaterThan(0.99 * (constant / n_gen) - 0.01);
        expect(bias).toBeLessThan(2.01 * (constant / n_gen) + 0.01);
      }
    }
  });
});
