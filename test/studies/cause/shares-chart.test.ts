import { describe, expect, it } from 'vitest';
import { gapRow } from '../../../src/studies/cause/gap.ts';
import { sharesChart } from '../../../src/studies/cause/shares-chart.ts';
import { schemaErrors } from '../../charts/vega-lite.ts';

const plugIn = [
  [10, 5],
  [9, 5],
] as const;
const gaps = [
  gapRow('nothing', plugIn, plugIn),
  gapRow(
    'known covariance',
    [
      [5.1, 5],
      [5, 5],
    ],
    plugIn,
  ),
  gapRow('SciPy', [[10, 5]], plugIn),
];
const subtitle = (reported: number | null) => {
  const spec = sharesChart(gaps, 'surrogate, 10 against 50 images', reported);
  expect(schemaErrors(spec)).toEqual([]);
  return (spec.title as { subtitle: string[] }).subtitle.join(' ');
};

describe('sharesChart', () => {
  it('names the gap of the shares, and says that they overlap', () => {
    expect(subtitle(4.63)).toContain('the surrogate’s gap: 4.50 (4.63 reported)');
    expect(subtitle(null)).toContain('gap: 4.50 fewer dimensions: a different FID; shares overlap');
  });

  it('marks rows of fewer draws', () => {
    expect(subtitle(4.63)).toMatch(/2 draws, ± Monte-Carlo SE; \* draw 1 only$/);
    expect(JSON.stringify(sharesChart(gaps, 't', null))).toContain('0 % *');
  });
});
