import { metrics } from '../../metrics/registry.ts';
import { metricOf } from '../../tables/metric-column.ts';
import type { EstimateRow } from '../../tables/rows.ts';
import { type Reversal, reversals } from '../real-images/order.ts';
import { CLEAN } from './result.ts';

/** How often each metric ranks a corrupted set above the clean one, at every pair of sizes. */
export function rankReversals(
  rows: readonly EstimateRow[],
  corruptions: readonly string[],
): Reversal[] {
  return metrics.flatMap(({ name, better }) => {
    const sign = better === 'higher' ? -1 : 1;
    const draws = (experiment: string) =>
      rows
        .filter((row) => row.experiment === experiment && metricOf(row) === name)
        // Of a metric that should be high the negative should be low.
        .map((row) => ({ ...row, estimate: row.estimate === null ? null : sign * row.estimate }));
    return corruptions.flatMap((corruption) =>
      reversals(
        new Map([
          [CLEAN, draws(CLEAN)],
          [corruption, draws(corruption)],
        ]),
        name,
      ),
    );
  });
}

/** Shares of seeds reversed, over all corruptions: at equal N, and if the clean set has fewer images. */
export function reversedShares(reversed: readonly Reversal[]) {
  const names = [...new Set(reversed.map(({ measure }) => measure))];
  const share = (rows: readonly Reversal[]) => {
    const seeds = rows.reduce((sum, row) => sum + row.seeds, 0);
    const wrong = rows.reduce((sum, row) => sum + Math.round(row.reversed * row.seeds), 0);
    return { wrong, seeds };
  };
  return names.map((metric) => {
    const of = reversed.filter(({ measure }) => measure === metric);
    return {
      metric,
      equal: share(of.filter((row) => row.better_size === row.worse_size)),
      fewer: share(of.filter((row) => row.better_size < row.worse_size)),
    };
  });
}
