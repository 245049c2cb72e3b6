import { describe, expect, it } from 'vitest';
import { datasetConstant } from '../../src/answers/correct/bias-constant.ts';
import { publishedPairs } from '../../src/answers/correct/pairs.ts';
import { thousands } from '../../src/tables/number.ts';
import { count, manifestOf, Page, type Row, records } from './page.ts';

const page = new Page('docs/findings.md');
const fixed = (value: unknown) => Number(value).toFixed(2).replace('-', '−');

describe('a figure of docs/findings.md on estimators and corrections', () => {
  it('of the estimators is that of results/estimators', async () => {
    const standings = await records('estimators/standings.csv');
    const header = page.text
      .split('\n')
      .find((line) => /^\| \|( [\d,]+ \|)+$/.test(line) && line.includes('50,000'))!;
    const sizes = header.split('|').slice(2, -1).map(count);
    const rows = page.table(header);
    const expected = rows.map(([name]) => [
      name,
      ...sizes.map((size) => {
        const row = standings.find((each) => each.size === size && `\`${each.method}\`` === name)!;
        const ratio = Number(row.median_ratio);
        const share =
          ratio < 10 ? `${(100 * ratio).toFixed(1)} %` : `× ${thousands(Math.round(ratio))}`;
        const { coverage } = row;
        const held = coverage === null ? 'no interval' : `${(100 * Number(coverage)).toFixed(0)} %`;
        return `${share} (${held})`;
      }),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of the default estimator is that of results/estimators', async () => {
    const of = (await records('estimators/standings.csv')).filter(
      ({ method, size }) => method === 'random-matrix-rows' && Number(size) >= 3000,
    );
    const percent = (value: unknown) => (100 * Number(value)).toFixed(0);
    const range = (name: 'coverage' | 'worst_coverage') => {
      const values = of.map((row) => Number(row[name]));
      return [percent(Math.min(...values)), percent(Math.max(...values))];
    };
    expect(page.numbers('Its intervals count more than chance')).toEqual([
      ...range('coverage'),
      ...range('worst_coverage'),
      '10',
    ]);
    const least = of.find(({ size }) => size === 3000)!;
    expect(page.numbers('From there on the default')).toContain(
      (100 * Number(least.median_ratio)).toFixed(1),
    );
    const here = await records('estimators/claim.csv');
    const holds = here.filter((row) => row.holds === true).length;
    const single = await records('estimators-2048/performance.csv');
    const bias = (mechanism: unknown, method: string, size: number) => {
      const row = single.find(
        (each) =>
          each.mechanism === mechanism &&
          each.generated === 'different' &&
          each.method === method &&
          each.size === size &&
          each.measure === 'bias',
      )!;
      const value = Number(row.value);
      return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
    };
    const errors = (await records('estimators-2048/claim.csv')).map(({ mechanism }) => [
      bias(mechanism, 'random-matrix-rows', 5000),
      bias(mechanism, 'plug-in', 50_000),
    ]);
    expect(page.numbers('closer to FID∞')).toEqual([
      '5,000',
      '50,000',
      '2,048',
      ...errors[0]!,
      '1.25',
      ...errors[1]!,
      ...errors[2]!,
      '1.6',
      '256',
      `${holds}`,
      `${here.length}`,
    ]);
  });

  it('of published pairs is that of results/published-pairs', async () => {
    const predictions = await records('published-pairs/predictions.csv');
    // Those marked beforehand come last; a pair alone in its data set is predicted from nothing.
    const marked = ({ use }: Row) => Number(use !== 'test' && use !== 'constant');
    const shown = predictions
      .filter(({ predicted }) => predicted !== null)
      .sort((a, b) => marked(a) - marked(b));
    const cells = page.table('| labels | N | predicted | reported |');
    expect(cells.map((row) => [row[1], ...row.slice(3)])).toEqual(
      shown.map(({ label_protocol, predicted, reported, error, lower, upper }) => [
        label_protocol,
        fixed(predicted),
        reported === 0 ? '0' : fixed(reported),
        fixed(error),
        `${fixed(lower)} to ${fixed(upper)}`,
      ]),
    );
    const { unmarked, heldOut, families, all } = manifestOf('published-pairs').errors;
    const inside = (rows: Row[]) =>
      rows.filter(
        (row) =>
          Number(row.lower) <= Number(row.reported) && Number(row.reported) <= Number(row.upper),
      ).length;
    const ofUse = (use: string) => shown.filter((row) => row.use === use);
    const errors = ({ median, medianShare, worst }: typeof all) => [
      fixed(median),
      (100 * medianShare).toFixed(0),
      fixed(worst),
    ];
    const [made, held] = [ofUse('constant'), ofUse('test')];
    expect(page.numbers('that constants are made of')).toEqual([
      `${made.length}`,
      ...errors(unmarked),
      `${inside(made)}`,
    ]);
    expect(page.numbers('held out: median')).toEqual([
      `${held.length}`,
      ...errors(heldOut),
      `${inside(held)}`,
    ]);
    expect(page.numbers('By family')).toEqual([
      `${families.inside}`,
      `${families.count}`,
      (100 * families.medianShare).toFixed(0),
    ]);
    expect(page.numbers('With those marked')).toEqual([
      `${shown.length}`,
      fixed(all.median),
      fixed(all.worst),
      `${inside(shown)}`,
    ]);
  });

  it('of balanced and random labels is that of results/label-protocol', async () => {
    const rows = await records('label-protocol/label-protocol.csv');
    const share = (value: unknown, row: Row) =>
      ((100 * Number(value)) / Number(row.random)).toFixed(1);
    expect(page.table('| classes | share of the variance').map((cells) => cells.slice(1))).toEqual(
      rows.map((row) => [
        `${(100 * Number(row.between)).toFixed(0)} %`,
        row.gap === null ? '–' : `${share(row.gap, row)} ± ${share(row.gap_se, row)} %`,
        `${share(row.theory, row)} %`,
      ]),
    );
    const constants = (['balanced', 'random'] as const).map(
      (labelProtocol) => datasetConstant('imagenet', publishedPairs(), { labelProtocol }).value,
    );
    const [balanced, random] = constants.map((value) => 100 * Math.round(value / 100));
    expect(page.numbers('published pairs give C =')).toEqual(
      expect.arrayContaining([
        thousands(balanced!),
        thousands(random!),
        (100 * (1 - constants[0]! / constants[1]!)).toFixed(0),
      ]),
    );
  });
});
