import type { RankedPair, RankedSet } from '../answers/compare/compare.ts';
import { biasAtSize } from '../answers/compare/set-distances.ts';
import { referencesInWords } from '../tables/fid-caption.ts';
import { percent, plusMinus, roundToError, thousands } from '../tables/number.ts';
import { textTable } from '../tables/text-table.ts';
import { type CompareResult, compareNotes, isReliable } from './compare-result.ts';
import { withInterval } from './estimate-answer.ts';
import { kidText } from './kid-of-sides.ts';
import { sideLine } from './side-notes.ts';

/** Who is better, by how much, and how sure that is: a line for each step of the ranking. */
export function compareAnswer(result: CompareResult): string[] {
  const { comparison } = result;
  return comparison.pairs
    .slice(0, comparison.ranking.length - 1)
    .map((pair) => verdict(pair, isReliable(result, pair)));
}

/** The screen of `study compare`: the ranking, the confidence in each step, and the notes. */
export function compareLines(
  result: CompareResult,
  files: readonly string[],
  folder: string | undefined,
): string[] {
  const { comparison, reference, referenceRows, sides } = result;
  const neighbours = comparison.pairs.slice(0, comparison.ranking.length - 1);
  return [
    rankingTable(result),
    '',
    ...neighbours.flatMap((pair) => [
      verdict(pair, isReliable(result, pair)),
      ...reversalLines(pair),
    ]),
    '',
    `reference  ${sideLine(reference, referenceRows)}`,
    ...[...sides.values()].map((side) => `generated  ${sideLine(side)}`),
    ...compareNotes(result).map((note) => `note: ${note}`),
    ...(folder === undefined ? [] : [`${files.join(', ')} are in ${folder}`]),
  ];
}

function rankingTable({ comparison, kids, seeds, referenceRows }: CompareResult): string {
  const { basis, ranking } = comparison;
  const at = basis === 'infinity' ? null : basis.size;
  const columns: { title: string; cell(ranked: RankedSet): string }[] = [
    { title: 'rank', cell: ({ rank }) => String(rank) },
    { title: 'set', cell: ({ set }) => set.name },
    { title: 'images', cell: ({ set }) => thousands(set.rows) },
    ...(at === null
      ? []
      : [
          {
            title: `FID at N = ${thousands(at)} ± SE`,
            cell: ({ value, se }: RankedSet) => plusMinus(value, se),
          },
          {
            title: 'of which bias',
            cell: ({ set }: RankedSet) =>
              roundToError(biasAtSize(set, at), set.infinity?.se ?? null).value,
          },
        ]),
    {
      title: 'FID at infinity',
      cell: ({ set }) => (set.infinity ? withInterval(set.infinity) : '–'),
    },
    ...(kids.size === 0
      ? []
      : [
          {
            title: 'KID ± SE',
            cell: ({ set }: RankedSet) => {
              const found = kids.get(set.name)!;
              return kidText(found.kid, found.se);
            },
          },
        ]),
  ];
  const table = textTable(
    {
      header: columns.map(({ title }) => title),
      rows: ranking.map((ranked) => columns.map(({ cell }) => cell(ranked))),
    },
    ['right', 'left'],
  );
  const isDrawn = at !== null && ranking.some(({ set }) => set.rows > at);
  const draws = isDrawn ? `; sets with more images: mean of ${seeds} draws` : '';
  return `${table}\n(FID against ${referencesInWords(referenceRows)}${draws})`;
}

function verdict(
  { better, worse, difference, se, lower, upper, correlation }: RankedPair,
  isReliable: boolean,
): string {
  const shown = (value: number) => roundToError(value, se).value;
  const paired = correlation === null ? '' : `, paired (correlation ${correlation.toFixed(2)})`;
  const interval = `${shown(difference)} [${shown(lower)}, ${shown(upper)}]${paired}`;
  if (!isReliable) {
    return `${better} ranks before ${worse} by ${interval}, but images repeat or are shared, so the interval is not valid`;
  }
  return lower > 0
    ? `${better} is better than ${worse} by ${interval}`
    : `${better} and ${worse} cannot be told apart: ${interval}`;
}

function reversalLines({ reversals }: RankedPair): string[] {
  if (reversals.length === 0) return [];
  const each = reversals.map(
    ({ size, probability }) => `${thousands(size)}: ${percent(probability)}`,
  );
  return [`  chance of the reverse ranking with this many images each: ${each.join(', ')}`];
}
