import { describe, expect, it } from 'vitest';
import { performanceRows } from '../../src/sweep/performance.ts';
import { summarise } from '../../src/sweep/summary.ts';
import type { Estimand } from '../../src/tables/estimand.ts';
import { estimateRow } from './rows.ts';

const known: Estimand = { value: 4, se: 0, kind: 'population', description: '' };

/** Draws of one size whose mean and SD are exactly these. */
function draws(size: number, mean: number, sd: number, count = 10) {
  const scale = sd / Math.sqrt(count / (count - 1));
  return Array.from({ length: count }, (_, i) =>
    estimateRow(i + 1, size, mean + (i % 2 === 0 ? scale : -scale)),
  );
}

const summary = (rows: ReturnType<typeof draws>, estimand = known) =>
  summarise(performanceRows(rows, estimand), estimand);

describe('summarise', () => {
  it('says that a bias dwarfs the spread, and how much of it is left at the largest size', () => {
    const rows = [...draws(5000, 9.2, 0.1), ...draws(50_000, 4.5, 0.02)];
    expect(summary(rows)).toBe(
      'at 5,000 images this FID is 5.2 too high; ten seeds vary by only ±0.10: ' +
        'averaging seeds does not remove it; at 50,000 it is 0.50 too high',
    );
  });

  it('says it of a bias downwards too', () => {
    expect(summary(draws(100, 2, 0.1))).toMatch(/^at 100 images this FID is 2\.00 too low; ten/);
  });

  it('does not call the spread small where it is as large as the bias', () => {
    const text = summary(draws(100, 4.2, 0.15));
    expect(text).toMatch(/ten seeds vary by ±0\.15, as much as that$/);
    expect(text).not.toContain('averaging');
  });

  it('says so where no bias can be told from the Monte-Carlo error', () => {
    const text = summary([...draws(100, 9, 0.3), ...draws(1000, 4.05, 0.3)]);
    expect(text).toMatch(/at 1,000 it is unbiased within the Monte-Carlo error$/);
  });

  it('says nothing of a spread of one seed', () => {
    expect(summary([estimateRow(1, 100, 6)])).toBe('at 100 images this FID is 2.00 too high');
  });

  it('says nothing of the size that the estimand was taken from', () => {
    const pool: Estimand = { ...known, value: 4.5, kind: 'pool' };
    expect(summary([...draws(100, 9, 0.3), estimateRow(1, 200, 4.5)], pool)).not.toContain('200');
  });

  it('leaves out sizes of which every draw failed', () => {
    const failed = [estimateRow(1, 10, null), estimateRow(1, 5000, null)];
    expect(summary([...failed, ...draws(100, 9, 0.3)])).toMatch(/^at 100 images/);
    expect(summary([...failed, ...draws(100, 9, 0.3)])).not.toContain('5,000');
    expect(summary(failed)).toBe('no draw succeeded');
  });

  it.each([
    [2, 'two'],
    [9, 'nine'],
    [12, '12'],
  ])('counts %i seeds in words up to ten', (count, word) => {
    expect(summary(draws(100, 9, 0.1, count))).toContain(`; ${word} seeds vary`);
  });
});
