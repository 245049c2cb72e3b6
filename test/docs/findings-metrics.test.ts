import { describe, expect, it } from 'vitest';
import { claimRows, metricRows } from './metrics-tables.ts';
import { Page, records } from './page.ts';

const page = new Page('docs/findings.md');
const biases = await records('metrics/bias.csv');
const effects = await records('metrics/effects.csv');
const reversals = await records('metrics/reversals.csv');
const claim = await records('metrics/claim.csv');

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
    expect(Math.round(ratio('fid', 'blur:0.33'))).toBe(14);
    expect(Math.floor(ratio('mind', 'blur:0.33'))).toBe(9);
    expect(ratio('coverage', 'blur:0.33')).toBeGreaterThan(130);
    for (const metric of ['coverage', 'fid']) {
      expect(ratio(metric, 'jpeg:30')).toBeGreaterThan(1);
    }
    expect(ratio('cmmd', 'blur:0.33')).toBeGreaterThan(1);
    const fewer = reversals.filter(
      ({ measure, worse, better_size: better, worse_size: other }) =>
        measure === 'fid' && worse !== 'jpeg:30' && Number(better) < Number(other),
    );
    expect(fewer.length).toBeGreaterThan(0);
    expect(new Set(fewer.map(({ reversed }) => reversed))).toEqual(new Set([1]));
    const row = (metric: string, size: number, method = 'plug-in') =>
      claim.find((each) => each.metric === metric && each.size === size && each.method === method)!;
    const [few, many] = [row('mind', 5000), row('fid', 50_000)];
    const estimated = row('fid', 5000, 'random-matrix-rows');
    expect(Math.round(Number(few.relative_rmse) / Number(many.relative_rmse))).toBe(2);
    expect(Math.round(Number(few.relative_sd) / Number(many.relative_sd))).toBe(12);
    expect(Math.round(Number(few.relative_rmse) / Number(estimated.relative_rmse))).toBe(7);
    expect(Number(estimated.relative_rmse)).toBeLessThan(Number(many.relative_rmse) / 3);
  });
});
