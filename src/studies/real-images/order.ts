import type { EstimateRow } from '../../tables/rows.ts';
import { mean, variance } from '../../theory/statistics.ts';

/** The FID or KID of one draw. */
export type Draw = Pick<EstimateRow, 'size' | 'seed' | 'estimate' | 'status'>;

/** Two sets of known rank, each scored with a number of images of its own. */
export interface Reversal {
  /** FID, KID or another metric. */
  readonly measure: string;
  /** The set that is closer to the reference. */
  readonly better: string;
  readonly better_size: number;
  readonly worse: string;
  readonly worse_size: number;
  /** The better one's measure minus the worse one's, of measures that should be low: above 0 the order is reversed. */
  readonly difference: number;
  /** Monte-Carlo standard error over the seeds; null with one. */
  readonly mcse: number | null;
  /** Share of seeds whose order is reversed. */
  readonly reversed: number;
  readonly seeds: number;
}

/** The columns of their table. */
export const reversalColumns = [
  'measure',
  'better',
  'better_size',
  'worse',
  'worse_size',
  'difference',
  'mcse',
  'reversed',
  'seeds',
] as const;

/**
 * For every pair of sets and of sizes, how often the better one gets the higher FID or KID.
 *
 * @param sets draws of each set, from the best to the worst; a seed draws the same images in all
 */
export function reversals(
  sets: ReadonlyMap<string, readonly Draw[]>,
  measure: Reversal['measure'],
): Reversal[] {
  const names = [...sets.keys()];
  return names.flatMap((better, i) =>
    names.slice(i + 1).flatMap((worse) => {
      const [a, b] = [sets.get(better)!, sets.get(worse)!];
      return sizesOf(a).flatMap((better_size) =>
        sizesOf(b).flatMap((worse_size) => {
          const differences = paired(at(a, better_size), at(b, worse_size));
          if (differences.length === 0) return [];
          const s2 = variance(differences);
          const count = differences.length;
          return [
            {
              measure,
              better,
              better_size,
              worse,
              worse_size,
              difference: mean(differences),
              mcse: s2 === null ? null : Math.sqrt(s2 / count),
              reversed: differences.filter((each) => each > 0).length / count,
              seeds: count,
            },
          ];
        }),
      );
    }),
  );
}

function sizesOf(rows: readonly Draw[]): number[] {
  return [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
}

function at<Row extends Draw>(rows: readonly Row[], size: number): Row[] {
  return rows.filter((row) => row.size === size && row.status === 'ok');
}

/** Differences by seed; the one draw of a whole pool counts for every seed. */
function paired(a: readonly Draw[], b: readonly Draw[]): number[] {
  const seeds = (a.length >= b.length ? a : b).map(({ seed }) => seed);
  const of = (rows: readonly Draw[], seed: number) =>
    rows.length === 1 ? rows[0] : rows.find((row) => row.seed === seed);
  return seeds.flatMap((seed) => {
    const [x, y] = [of(a, seed), of(b, seed)];
    return x && y ? [x.estimate! - y.estimate!] : [];
  });
}

/** The sets from the best to the worst: by their FID at the largest size that all have. */
export function ranked(
  sets: ReadonlyMap<string, readonly EstimateRow[]>,
): Map<string, readonly EstimateRow[]> {
  const all = [...sets.values()];
  const common = sizesOf(all[0] ?? []).filter((size) =>
    all.every((rows) => at(rows, size).length > 0),
  );
  const size = common.at(-1) ?? 0;
  const score = (rows: readonly EstimateRow[]) => mean(at(rows, size).map((row) => row.estimate!));
  return new Map([...sets].sort(([, a], [, b]) => score(a) - score(b)));
}
