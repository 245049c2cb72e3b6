import { describe, expect, it } from 'vitest';
import { performanceRows } from '../../src/sweep/performance.ts';
import type { Estimand } from '../../src/tables/estimand.ts';
import { performance } from '../../src/theory/performance.ts';
import { estimateRow } from './rows.ts';

const estimand: Estimand = { value: 5, se: 0, kind: 'population', description: '' };
const names = ['mean', 'bias', 'variance', 'empirical_se', 'mse', 'rmse'] as const;

describe('performanceRows', () => {
  it('has one row a measure for each size, ascending, with its interval', () => {
    const rows = [20, 10].flatMap((size) =>
      [7, 8, 10].map((value, seed) => estimateRow(seed, size, value + size)),
    );
    const measured = performanceRows(rows, estimand);
    expect(measured.map(({ size }) => size)).toEqual([...Array(6).fill(10), ...Array(6).fill(20)]);
    expect(measured.slice(0, 6).map(({ measure }) => measure)).toEqual(names);
    const expected = performance([17, 18, 20], 5);
    for (const [i, name] of names.entries()) {
      expect(measured[i]).toMatchObject({ ...expected[name], n_draws: 3, n_failed: 0 });
    }
  });

  it('counts failed draws and leaves them out', () => {
    const rows = [3, null, 5].map((value, seed) => estimateRow(seed, 10, value));
    const [first] = performanceRows(rows, estimand);
    expect(first).toMatchObject({ measure: 'mean', value: 4, n_draws: 2, n_failed: 1 });
  });

  it('has no values where every draw failed, and no rows without draws', () => {
    const rows = performanceRows([estimateRow(1, 10, null)], estimand);
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(row).toMatchObject({ n_draws: 0, n_failed: 1 });
      expect([row.value, row.mcse, row.lower, row.upper]).toEqual([null, null, null, null]);
    }
    expect(performanceRows([], estimand)).toEqual([]);
  });

  it('shows no bias of draws against their own mean', () => {
    const rows = [10, 20].flatMap((size) => [4, 6].map((value, i) => estimateRow(i, size, value)));
    const measured = performanceRows(rows, { ...estimand, kind: 'pool', size: 20 });
    const of = (size: number) => measured.filter((row) => row.size === size && row.value !== null);
    expect(of(10).map(({ measure }) => measure)).toEqual(names);
    expect(of(20).map(({ measure }) => measure)).toEqual(['mean', 'variance', 'empirical_se']);
  });

  it('corrects the spread of draws without replacement by √(1 − n/pool)', () => {
    const draws = (size: number, replacement: boolean) =>
      [1, 2, 3].map((value, seed) => estimateRow(seed, size, value, { pool: 100, replacement }));
    const find = (rows: ReturnType<typeof draws>, name: string) =>
      performanceRows(rows, estimand).find(({ measure }) => measure === name);
    expect(find(draws(75, false), 'empirical_se')).toMatchObject({ value: 1, mcse: 0.5 });
    expect(find(draws(75, false), 'empirical_se_corrected')).toMatchObject({ value: 2, mcse: 1 });
    const [raw, wide] = (['empirical_se', 'empirical_se_corrected'] as const).map((name) =>
      find(draws(75, false), name),
    );
    expect([wide!.lower, wide!.upper]).toEqual([2 * raw!.lower!, 2 * raw!.upper!]);
    expect(find(draws(100, false), 'empirical_se_corrected')).toMatchObject({ value: null });
    expect(find(draws(75, true), 'empirical_se_corrected')).toBeUndefined();
  });
});
