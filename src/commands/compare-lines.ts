import type { RankedPair, RankedSet } from '../answers/compare/compare.ts';
import { biasAtSize } from '../answers/compare/set-distances.ts';
import { hasEnoughRows } from '../estimators/recommended.ts';
import { referencesInWords } from '../tables/fid-caption.ts';
import { plusMinus, roundToError, thousands } from '../tables/number.ts';
import { textTable } from '../tables/text-table.ts';
import type { CompareResult } from './compare-record.ts';
import { comparisonNotes, sideLine } from './comparison.ts';
import { withInterval } from './estimate-lines.ts';
import { kidText } from './kid-of-sides.ts';

/** `study compare` on the screen: the ranking, how sure each step of it is, and what to know. */
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
    ...neighbours.flatMap((pair) => [verdict(pair), ...reversalLines(pair)]),
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
            title: 'of it bias',
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

function verdict({ better, worse, difference, se, lower, upper, correlation }: RankedPair): string {
  const shown = (value: number) => roundToError(value, se).value;
  const paired = correlation === null ? '' : `, paired (correlation ${correlation.toFixed(2)})`;
  const interval = `${shown(difference)} [${shown(lower)}, ${shown(upper)}]${paired}`;
  return lower > 0
    ? `${better} is better than ${worse} by ${interval}`
    : `${better} and ${worse} cannot be told apart: ${interval}`;
}

function reversalLines({ reversals }: RankedPair): string[] {
  if (reversals.length === 0) return [];
  const each = reversals.map(
    ({ size, probability }) => `${thousands(size)}: ${percent(probability)}`,
  );
  return [`  chance that so many images each rank them the other way round: ${each.join(', ')}`];
}

function percent(share: number): string {
  const value = 100 * share;
  if (value < 0.1) return '< 0.1 %';
  return `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** What a reader must know before they quote the ranking. */
export function compareNotes(result: CompareResult): string[] {
  const { comparison, reference, referenceRows, sides, isStratified, paired } = result;
  const { basis, ranking, pairs } = comparison;
  const notes = new Set(comparisonNotes(reference, ...sides.values()));
  if (referenceRows === null) {
    notes.add(
      `${reference.path} does not say of how many images it is: it is taken as the population, and its own bias stays in every number (--reference-size)`,
    );
  }
  const independent = 'the sets are taken to be independent (--paired, where rows correspond)';
  const corresponding = 'row i of every set is taken to be made from the same latents';
  notes.add(
    `errors are those over generated images: the reference is the same for all; ${paired ? corresponding : independent}`,
  );
  for (const { better, worse, correlation } of pairs) {
    if (correlation === null || correlation > UNCORRELATED) continue;
    notes.add(`rows of ${better} and ${worse} hardly correlate: are they in the same order?`);
  }
  if (basis !== 'infinity' && isReordered(ranking)) {
    notes.add('FID at infinity ranks them otherwise: the sets differ in bias (--correct)');
  }
  for (const { set } of ranking) {
    if (!set.isReliable) {
      const few =
        referenceRows !== null &&
        !hasEnoughRows({ rows: referenceRows, dimension: reference.dimension })
          ? `${thousands(referenceRows)} reference images`
          : `${set.name}: ${thousands(set.rows)} images`;
      notes.add(`${few} are too few for a reliable FID at infinity`);
    }
    for (const note of set.infinity?.notes ?? []) notes.add(`${set.name}: ${note}`);
  }
  if (isStratified) {
    notes.add(
      'draws keep the shares of the classes; standard errors are those of independent images: too large, the more the classes differ',
    );
  }
  return [...notes];
}

/** Below so much, rows that are said to correspond may well not. */
const UNCORRELATED = 0.05;

function isReordered(ranking: readonly RankedSet[]): boolean {
  const limits = ranking.map(({ set }) => set.infinity?.estimate ?? null);
  return limits.some((value, i) => {
    const next = limits[i + 1] ?? null;
    return value !== null && next !== null && value > next;
  });
}
