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
  it('says of which gap the shares are, and that they are no parts of one whole', () => {
    expect(subtitle(4.63)).toContain('of the surrogate’s own gap, 4.50 (4.63 reported)');
    expect(subtitle(null)).toContain(
      'own gap, 4.50 fewer dimensions are another FID; shares overlap',
    );
  });

  it('marks what is of fewer draws', () => {
    expect(subtitle(4.63)).toMatch(/2 draws, ± Monte-Carlo SE; \* of draw 1 only$/);
    expect(JSON.stringify(sharesChart(gaps, 't', null))).toContain('0 % *');
  });
});
