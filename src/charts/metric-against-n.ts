import type { PerformanceRow } from '../tables/rows.ts';
import { type ChartData, subtitleOf } from './inputs.ts';
import { linesAgainstN } from './lines-against-n.ts';
import type { ChartSpec } from './spec.ts';

/** The mean of a metric besides FID against the number of images. */
export function metricAgainstN(
  { name, title }: { readonly name: string; readonly title: string },
  data: Pick<ChartData, 'title' | 'reference'>,
  performance: readonly PerformanceRow[],
): ChartSpec {
  const means = performance.filter((row) => row.metric === name && row.measure === 'mean');
  return linesAgainstN({
    title: `${title} against the number of images`,
    subtitle: [...subtitleOf(data), 'mean ± 1.96 MCSE'].join('; '),
    description: `Mean ${title} of the draws of each number of images N, with its Monte-Carlo interval.`,
    valueTitle: title,
    isLog: false,
    lines: [
      {
        name: title,
        points: means.flatMap(({ size, value, lower, upper }) =>
          value === null ? [] : [{ size, value, lower: lower ?? value, upper: upper ?? value }],
        ),
      },
    ],
  });
}
