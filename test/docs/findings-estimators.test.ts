import { describe, expect, it } from 'vitest';
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
      ({ method, size }) => method === 'random-matrix-fourth' && Number(size) >= 3000,
    );
    const percent = (value: unknown) => (100 * Number(value)).toFixed(0);
    const range = (name: 'coverage' | 'worst_coverage') => {
      const values = of.map((row) => Number(row[name]));
      return [percent(Math.min(...values)), percent(Math.max(...values))];
    };
    expect(page.numbers('Its intervals count more than chance')).toEqual([
      ...range('coverage'),
      ...range('worst_coverage'),
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
      bias(mechanism, 'random-matrix-fourth', 5000),
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
    const cells = page.table('| N | predicted | reported |');
    expect(cells.map((row) => row.slice(2))).toEqual(
      shown.map(({ predicted, reported, error, lower, upper }) => [
        fixed(predicted),
        reported === 0 ? '0' : fixed(reported),
        fixed(error),
        `${fixed(lower)} to ${fixed(upper)}`,
      ]),
    );
    const { unmarked, all } = manifestOf('published-pairs').errors;
    const others = shown.filter(({ use }) => use !== 'test');
    const inside = (rows: Row[]) =>
      rows.filter(
        (row) =>
          Number(row.lower) <= Number(row.reported) && Number(row.reported) <= Number(row.upper),
      ).length;
    const plain = others.filter((row) => !marked(row));
    expect(page.numbers('Without these')).toEqual([
      `${plain.length}`,
      fixed(unmarked.median),
      (100 * unmarked.medianShare).toFixed(0),
      fixed(unmarked.worst),
      `${inside(plain)}`,
    ]);
    expect(page.numbers('With the three')).toEqual([
      `${others.length}`,
      fixed(all.median),
      fixed(all.worst),
      `${inside(others)}`,
    ]);
  });
});
