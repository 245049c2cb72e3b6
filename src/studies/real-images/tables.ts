import { join } from 'node:path';
import { toCsv } from '../../tables/csv.ts';
import { writeEstimates } from '../../tables/estimates.ts';
import { writeWhole } from '../../tables/files.ts';
import { plusMinus, thousands } from '../../tables/number.ts';
import { writePerformance } from '../../tables/performance.ts';
import { textTable } from '../../tables/text-table.ts';
import type { KidRow } from './kid-blocks.ts';
import { type Reversal, reversalColumns } from './order.ts';
import type { RealImagesResult } from './result.ts';

/** Writes the tables of a study; returns their paths. */
export async function writeTables(
  folder: string,
  { comparisons, slopes, constants, kids, reversed }: RealImagesResult,
): Promise<string[]> {
  const path = (name: string) => join(folder, name);
  // Times differ between runs.
  const estimates = comparisons.flatMap(({ estimates }) =>
    estimates.map((row) => ({ ...row, seconds: null })),
  );
  await writeEstimates(path('estimates.csv'), estimates);
  await writePerformance(
    path('performance.csv'),
    comparisons.flatMap(({ performance }) => [...performance]),
  );
  const others: [string, string][] = [
    ['slopes.csv', toCsv(SLOPES, slopes)],
    ['constants.csv', toCsv(CONSTANTS, constants)],
    ['kid.csv', toCsv(['experiment', 'size', 'seed', 'kid'], kids)],
    ['reversals.csv', toCsv(reversalColumns, reversed)],
  ];
  for (const [name, text] of others) await writeWhole(path(name), text);
  return [path('estimates.csv'), path('performance.csv'), ...others.map(([name]) => path(name))];
}

const CONSTANTS = [
  'experiment',
  'reference_rows',
  'rows',
  'plug_in',
  'gaussian',
  'fourth',
  'fourth_se',
  'debiased',
] as const;

const SLOPES = ['experiment', 'from', 'to', 'slope', 'mcse', 'seeds', 'bend', 'bend_mcse'] as const;

/** What to print: the mean FIDs, the slopes with the constants, and the reversals. */
export function screenLines(result: RealImagesResult): string[] {
  const { slopes, constants, reversed } = result;
  return [
    meanFids(result),
    '',
    textTable(
      {
        header: [
          'slope of FID on 1/N',
          'between',
          'C ± MCSE',
          'minus that above',
          'Gaussian',
          'fourth moments',
        ],
        rows: slopes.flatMap(({ experiment, from, to, slope, mcse, bend, bend_mcse }) => {
          const theory = constants.find((each) => each.experiment === experiment);
          if (!theory) return [];
          const row = [
            experiment,
            `${thousands(from)} and ${thousands(to)}`,
            plusMinus(slope, mcse),
            plusMinus(bend, bend_mcse),
            theory.gaussian.toFixed(1),
            plusMinus(theory.fourth, theory.fourth_se),
          ];
          return [row];
        }),
      },
      ['left', 'left'],
    ),
    '',
    reversalTable(reversed),
    '',
    ...result.notes.map((note) => `note: ${note}`),
    result.summary,
  ];
}

function meanFids({ comparisons, kids }: RealImagesResult): string {
  const rows = comparisons.flatMap(({ performance, reference }) =>
    performance
      .filter(({ measure }) => measure === 'mean')
      .map(({ experiment, size, n_draws, value, mcse }) => [
        experiment,
        thousands(size),
        reference,
        String(n_draws),
        plusMinus(value, mcse),
        meanKid(kids, experiment, size),
      ]),
  );
  const header = ['comparison', 'N', 'reference', 'draws', 'FID ± MCSE', 'KID × 10⁶'];
  return textTable({ header, rows }, ['left']);
}

function meanKid(kids: readonly KidRow[], experiment: string, size: number): string {
  const of = kids.filter((row) => row.experiment === experiment && row.size === size);
  if (of.length === 0) return '–';
  const mean = of.reduce((sum, { kid }) => sum + kid, 0) / of.length;
  if (of.length === 1) return (1e6 * mean).toPrecision(3);
  const squares = of.reduce((sum, { kid }) => sum + (kid - mean) ** 2, 0);
  return plusMinus(1e6 * mean, 1e6 * Math.sqrt(squares / (of.length - 1) / of.length));
}

function reversalTable(reversed: readonly Reversal[]): string {
  const shown = thresholds(reversed.filter(({ measure }) => measure === 'FID'));
  if (shown.length === 0) return 'no two sets are reversed at any two sizes';
  return textTable(
    {
      header: ['better', 'N', 'scores worse than', 'from N', 'by ± MCSE', 'in seeds'],
      rows: shown.map((row) => [
        row.better,
        thousands(row.better_size),
        row.worse,
        thousands(row.worse_size),
        plusMinus(row.difference, row.mcse),
        `${Math.round(row.reversed * row.seeds)} of ${row.seeds}`,
      ]),
    },
    ['left', 'right', 'left'],
  );
}

/** For each set and size, the smallest size at which a worse set beats it in most seeds. */
function thresholds(reversed: readonly Reversal[]): Reversal[] {
  const most = reversed.filter((row) => row.reversed > 0.5);
  return most.filter(
    (row) =>
      !most.some(
        (other) =>
          other.better === row.better &&
          other.better_size === row.better_size &&
          other.worse === row.worse &&
          other.worse_size < row.worse_size,
      ),
  );
}
