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
  it('says that a bias exceeds the spread, and how much of it is left at the largest size', () => {
    const rows = [...draws(5000, 9.2, 0.1), ...draws(50_000, 4.5, 0.02)];
    expect(summary(rows)).toBe(
      'at 5,000 images this FID is 5.2 too high; ten seeds vary by only ±0.10: ' +
        'averaging seeds does not remove it; at 50,000 it is 0.50 too high',
    );
  });

  it('says the same of a bias downwards', () => {
    expect(summary(draws(100, 2, 0.1))).toMatch(/^at 100 images this FID is 2\.00 too low; ten/);
  });

  it('does not call the spread small if it is as large as the bias', () => {
    const text = summary(draws(100, 4.2, 0.15));
    expect(text).toMatch(/ten seeds vary by ±0\.15, comparable to the bias$/);
    expect(text).not.toContain('averaging');
  });

  it('says so if the bias is within the Monte-Carlo error', () => {
    const text = summary([...draws(100, 9, 0.3), ...draws(1000, 4.05, 0.3)]);
    expect(text).toMatch(/at 1,000 it is unbiased within the Monte-Carlo error$/);
  });

  it('says nothing about the spread of one seed', () => {
    expect(summary([estimateRow(1, 100, 6)])).toBe('at 100 images this FID is 2.00 too high');
  });

  describe('against the FID of a size', () => {
    const pool: Estimand = { ...known, value: 4.5, kind: 'pool', size: 200, bias: 1.23 };
    const whole = estimateRow(1, 200, 4.5);

    it('says by how much this is biased itself, and that all bias is too small by as much', () => {
      expect(summary([...draws(100, 9, 0.3), whole], pool)).toBe(
        'at 100 images this FID is 4.50 higher than at 200; ten seeds vary by only ±0.30: averaging ' +
          'seeds does not remove it; at 200 it is itself about 1.2 too high, so the bias given for ' +
          'the others is too small by the same amount',
      );
      expect(summary([...draws(100, 9, 0.3), whole], { ...pool, bias: null })).toMatch(
        /at 200 it is itself biased high, so the bias given for the others is too small by the same/,
      );
    });

    it('gives an estimate of the bias of that size if there is no other', () => {
      expect(summary(draws(200, 4.5, 0.1), pool)).toBe(
        'at 200 images this FID is 4.50, of which about 1.2 is bias; one size can only estimate it; ' +
          'ten seeds vary by only ±0.10: averaging seeds does not remove it',
      );
      expect(summary([whole], pool)).toBe(
        'at 200 images this FID is 4.5, of which about 1.2 is bias; one size can only estimate it',
      );
      expect(summary(draws(200, 4.5, 0.1), { ...pool, bias: null })).toBe(
        'at 200 images this FID is 4.50, biased high by an amount that one size cannot show; ten seeds vary by ±0.10',
      );
    });

    it('calls a bias from too few images a lower bound', () => {
      const least = { ...pool, isLeastBias: true };
      expect(summary([whole], least)).toContain('of which at least about 1.2 is bias');
      expect(summary([...draws(100, 9, 0.3), whole], least)).toContain(
        'it is itself at least about 1.2 too high',
      );
    });

    it('never calls an FID unbiased', () => {
      for (const mean of [4.5, 4.52, 9]) {
        for (const of of [draws(100, mean, 0.3), [...draws(100, mean, 0.3), whole]]) {
          const size = of.length > 10 ? 200 : 100;
          expect(summary(of, { ...pool, size })).not.toContain('unbiased');
        }
      }
      expect(summary([...draws(100, 4.52, 0.3), whole], pool)).toMatch(
        /^at 100 images this FID is equal to that at 200 within the Monte-Carlo error; ten seeds vary by ±0\.30, comparable/,
      );
    });
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
