import { describe, expect, it } from 'vitest';
import { claimRows, metricRows } from './metrics-tables.ts';
import { Page, records } from './page.ts';

const page = new Page('docs/findings.md');
const biases = await records('metrics/bias.csv');
const effects = await records('metrics/effects.csv');
const reversals = await records('metrics/reversals.csv');
const claim = await records('metrics/claim.csv');
const estimated = await records('estimators-2048/claim.csv');

const ratio = (metric: string, corruption: string) =>
  Number(
    effects.find(
      (row) => row.metric === metric && row.corruption === corruption && row.size === 250,
    )!.ratio,
  );

describe('a figure of docs/findings.md on metrics', () => {
  it('is that of results/metrics', () => {
    expect(page.table('bias / effect')).toEqual(metricRows(biases, effects, reversals));
    expect(page.table('RMSE / truth')).toEqual(claimRows(claim));
  });

  it('in words is that of its tables', () => {
    for (const metric of ['fid', 'mind', 'recall', 'coverage']) {
      expect(ratio(metric, 'blur:0.33')).toBeGreaterThan(10);
    }
    expect(ratio('coverage', 'jpeg:30')).toBeGreaterThan(1);
    expect(ratio('cmmd', 'blur:0.33')).toBeGreaterThan(1);
    const of = (experiment: string, size: number) =>
      Number(
        biases.find(
          (row) => row.experiment === experiment && row.metric === 'precision' && row.size === size,
        )!.value,
      );
    for (const size of [250, 500, 1000, 2000]) {
      expect(of('jpeg:30', size)).toBeGreaterThan(of('clean', size));
    }
    const row = (metric: string, size: number) =>
      claim.find((each) => each.metric === metric && each.size === size)!;
    const [few, many] = [row('mind', 5000), row('fid', 50_000)];
    expect(Math.round(Number(few.relative_rmse) / Number(many.relative_rmse))).toBe(2);
    expect(Math.round(Number(few.relative_sd) / Number(many.relative_sd))).toBe(12);
  });

  it('of the recommended estimator is that of the bake-off, over its truth', () => {
    // The bake-off's surrogates: 1.3 % of a trace of 2,048.
    const share = (error: unknown) =>
      Number(((100 * Number(error)) / (0.013 * 2048)).toPrecision(2));
    const shares = ['rmse', 'plug_in_rmse'].flatMap((name) =>
      estimated.map((row) => String(share(row[name]))),
    );
    expect(page.numbers('it was off by').filter((each) => shares.includes(each))).toEqual(shares);
    expect(estimated.map(({ mechanism }) => mechanism)).toEqual([
      'power-law-1.25',
      'student-t',
      'power-law-1.6',
    ]);
  });
});
