import { join } from 'node:path';
import { toCsv } from '../../tables/csv.ts';
import { writeEstimates } from '../../tables/estimates.ts';
import { writeWhole } from '../../tables/files.ts';
import { plusMinus, thousands } from '../../tables/number.ts';
import { writePerformance } from '../../tables/performance.ts';
import { textTable } from '../../tables/text-table.ts';
import { writeTimings } from '../../tables/timings.ts';
import { reversalColumns } from '../real-images/order.ts';
import { reversedShares } from './ranks.ts';
import { CLEAN, type MetricsResult } from './result.ts';

const BIAS = [
  'experiment',
  'metric',
  'size',
  'draws',
  'value',
  'mcse',
  'sd',
  'at_largest',
  'relative',
] as const;

const EFFECTS = [
  'metric',
  'corruption',
  'effect_size',
  'effect',
  'effect_mcse',
  'size',
  'bias',
  'ratio',
  'noise',
] as const;

const CLAIM = [
  'metric',
  'method',
  'size',
  'draws',
  'truth',
  'mean',
  'bias',
  'bias_mcse',
  'sd',
  'rmse',
  'relative_rmse',
  'relative_sd',
] as const;

/** Writes the tables of a study; returns their paths. */
export async function writeTables(folder: string, result: MetricsResult): Promise<string[]> {
  const { comparisons, biases, effects, reversed, claim, timings } = result;
  const path = (name: string) => join(folder, name);
  await writeEstimates(
    path('estimates.csv'),
    comparisons.flatMap(({ estimates }) => estimates.map((row) => ({ ...row, seconds: null }))),
  );
  await writePerformance(
    path('performance.csv'),
    comparisons.flatMap(({ performance }) => [...performance]),
  );
  const others: [string, string][] = [
    ['bias.csv', toCsv(BIAS, biases)],
    ['effects.csv', toCsv(EFFECTS, effects)],
    ['reversals.csv', toCsv(reversalColumns, reversed)],
    ['claim.csv', toCsv(CLAIM, claim)],
  ];
  for (const [name, text] of others) await writeWhole(path(name), text);
  // Times differ between runs: their table is the one that does.
  await writeTimings(path('timings.csv'), timings);
  return ['estimates.csv', 'performance.csv', ...others.map(([name]) => name), 'timings.csv'].map(
    path,
  );
}

/** What to print: each metric at the smallest and the largest N, its reversals, and the claim. */
export function screenLines(result: MetricsResult): string[] {
  const shares = reversedShares(result.reversed);
  const names = [...new Set(result.biases.map(({ metric }) => metric))];
  const rows = names.map((metric) => {
    const of = result.biases.filter((row) => row.metric === metric && row.experiment === CLEAN);
    const share = shares.find((each) => each.metric === metric);
    const cell = (row: (typeof of)[number] | undefined) =>
      row ? plusMinus(row.value, row.mcse) : '–';
    return [
      metric,
      cell(of[0]),
      cell(of.at(-1)),
      share ? `${share.equal.wrong} of ${share.equal.seeds}` : '–',
      share ? `${share.fewer.wrong} of ${share.fewer.seeds}` : '–',
    ];
  });
  const [first, last] = [
    result.biases[0]?.size ?? 0,
    result.biases.findLast(({ experiment }) => experiment === CLEAN)?.size ?? 0,
  ];
  return [
    textTable(
      {
        header: [
          'metric',
          `at ${thousands(first)}`,
          `at ${thousands(last)}`,
          'reversed at equal N',
          'with fewer images',
        ],
        rows,
      },
      ['left'],
    ),
    '',
    textTable(
      {
        header: ['metric', 'method', 'N', 'truth', 'mean ± MCSE', 'RMSE / truth', 'SD / truth'],
        rows: result.claim.map((row) => [
          row.metric,
          row.method,
          thousands(row.size),
          row.truth.toPrecision(4),
          plusMinus(row.mean, row.bias_mcse),
          `${(100 * row.relative_rmse).toFixed(1)} %`,
          `${(100 * row.relative_sd).toFixed(1)} %`,
        ]),
      },
      ['left'],
    ),
  ];
}
