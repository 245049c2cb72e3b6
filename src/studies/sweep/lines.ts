import type { SweepOutput } from '../../sweep/to-folder.ts';
import { screenTable } from '../../tables/summary.ts';

/** The result of a sweep for the screen: its table, reference, estimand, notes and summary. */
export function sweepLines(output: SweepOutput): string[] {
  const { estimates, performance, published, estimand, reference, summary, notes, metrics } =
    output;
  const failed = estimates.filter(({ status }) => status === 'failed');
  return [
    screenTable(performance, published),
    '',
    `reference: ${reference}`,
    ...(estimand ? [`estimand: ${estimand.description}${plusSe(estimand.se)}`] : []),
    ...notes.map((note) => `note: ${note}`),
    ...failed.map(
      ({ metric, size, seed, error }) =>
        `failed: ${metric ? `${metric}, ` : ''}N ${size}, seed ${seed}: ${error}`,
    ),
    ...(estimand ? [summary] : []),
    ...metrics.map((metric) => metric.summary),
  ];
}

function plusSe(se: number): string {
  return se > 0 ? `, standard error ${se.toPrecision(2)}` : '';
}
