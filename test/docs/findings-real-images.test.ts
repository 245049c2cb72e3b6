import { describe, expect, it } from 'vitest';
import { plusMinus } from '../../src/tables/number.ts';
import { count, Page, type Row, records } from './page.ts';

const page = new Page('docs/findings.md');

describe('a figure of docs/findings.md on real images', () => {
  it('of real images is that of results/cifar10-real', async () => {
    const means = (await records('cifar10-real/performance.csv')).filter(
      ({ measure }) => measure === 'mean',
    );
    const cell = (experiment: string, size: number) => {
      const row = means.find((each) => each.experiment === experiment && each.size === size);
      if (!row) return '–';
      // The one draw of a whole pool has no error: three digits.
      if (row.mcse === null) return String(Number(Number(row.value).toPrecision(3)));
      return plusMinus(Number(row.value), Number(row.mcse));
    };
    const rows = page.table('FID of half against half');
    const expected = rows.map(([n]) => [
      n,
      cell('null', count(n!)),
      cell('train against test', count(n!)),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of slopes and constants is that of results/cifar10-real', async () => {
    const pairs = ['null', 'train against test', 'test against train'];
    const slopes = (await records('cifar10-real/slopes.csv')).filter(({ experiment }) =>
      pairs.includes(String(experiment)),
    );
    const range = (values: number[], digits: number) =>
      [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
    expect(page.numbers('falls by').slice(0, 4)).toEqual([
      '500',
      '50,000',
      ...range(
        slopes.map(({ slope }) => Number(slope)),
        0,
      ),
    ]);
    for (const { bend, bend_mcse } of slopes) {
      if (bend !== null) expect(Math.abs(Number(bend))).toBeLessThan(2 * Number(bend_mcse));
    }
    const constants = await records('cifar10-real/constants.csv');
    const odd = slopes.find(
      ({ experiment, from }) => experiment === 'test against train' && from === 5000,
    )!;
    expect(page.numbers('The formula for Gaussian features')).toEqual([
      ...range(
        constants.map(({ gaussian }) => Number(gaussian)),
        1,
      ),
      ...range(
        constants.map(({ fourth }) => Number(fourth)),
        1,
      ),
      Math.max(...constants.map(({ fourth_se }) => Number(fourth_se))).toFixed(1),
      Number(constants.find(({ experiment }) => experiment === odd.experiment)!.fourth).toFixed(1),
      Number(odd.slope).toFixed(1),
      Number(odd.mcse).toFixed(1),
      '5,000',
      '10,000',
    ]);
  });

  it('of reversals is that of results/cifar10-real', async () => {
    const rows = await records('cifar10-real/reversals.csv');
    const reversed = (measure: string, isFewer: boolean) => {
      const some = rows.filter(
        (row) =>
          row.measure === measure &&
          (isFewer
            ? Number(row.better_size) < Number(row.worse_size)
            : row.better_size === row.worse_size),
      );
      const sum = (of: (row: Row) => number) => some.reduce((total, row) => total + of(row), 0);
      const total = sum(({ seeds }) => Number(seeds));
      return [String(total), sum((row) => Math.round(Number(row.reversed) * Number(row.seeds)))];
    };
    const equal = [reversed('FID', false), reversed('KID', false)];
    expect(page.numbers('At equal N').slice(2)).toEqual(
      [equal[0]![0], equal[0]![1], equal[1]![1]].map(String),
    );
    const fewer = [reversed('FID', true), reversed('KID', true)];
    const seedsOf = (worse: string) => {
      const row = rows.find(
        (each) =>
          each.measure === 'FID' &&
          each.better === 'clean' &&
          each.better_size === 1000 &&
          each.worse === worse &&
          each.worse_size === 2000,
      )!;
      return [Math.round(Number(row.reversed) * Number(row.seeds)), Number(row.seeds)].map(String);
    };
    expect(page.numbers('If the better set has fewer images')).toEqual([
      ...[fewer[0]![1], fewer[0]![0], fewer[1]![1]].map(String),
      '1,000',
      '2,000',
      ...seedsOf('blur:0.33'),
      '2,000',
      seedsOf('noise:1')[0],
    ]);
  });
});
