import type { EstimateRow } from '../../tables/rows.ts';
import { mean, variance } from '../../theory/statistics.ts';

/** The slope of FID on 1/N between two sizes: C, if the law is C/N. */
export interface LocalSlope {
  readonly experiment: string;
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  /** Monte-Carlo standard error over the seeds; null with one seed. */
  readonly mcse: number | null;
  readonly seeds: number;
  /** Slope minus that from `to` to the largest size: 0 if the law does not bend. Null for the last. */
  readonly bend: number | null;
  /** Its Monte-Carlo standard error, over the differences within seeds. */
  readonly bend_mcse: number | null;
}

/**
 * Slopes between neighbouring sizes, seed by seed, since draws of one seed are nested: the true FID and
 * the bias from the reference cancel. If the law of 1/N holds, all slopes are equal. The one draw of a
 * whole pool counts for every seed.
 */
export function localSlopes(rows: readonly EstimateRow[]): LocalSlope[] {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  const largest = sizes.at(-1)!;
  return sizes.slice(1).flatMap((to, i) => {
    const from = sizes[i]!;
    const here = slopesBySeed(rows, from, to);
    const slopes = [...here.values()];
    if (slopes.length === 0) return [];
    const above = to === largest ? null : slopesBySeed(rows, to, largest);
    const bends = [...here].flatMap(([seed, slope]) => {
      const other = above?.get(seed);
      return other === undefined ? [] : [slope - other];
    });
    return [
      {
        experiment: rows[0]!.experiment,
        from,
        to,
        slope: mean(slopes),
        seeds: slopes.length,
        mcse: errorOf(slopes),
        bend: bends.length === 0 ? null : mean(bends),
        bend_mcse: errorOf(bends),
      },
    ];
  });
}

/** Slope of each seed's draws between two sizes. */
function slopesBySeed(rows: readonly EstimateRow[], from: number, to: number): Map<number, number> {
  const of = (size: number) => rows.filter((row) => row.size === size && row.status === 'ok');
  const larger = of(to);
  const isWhole = larger.length === 1 && to === larger[0]!.pool;
  return new Map(
    of(from).flatMap(({ seed, estimate }) => {
      const other = isWhole ? larger[0] : larger.find((row) => row.seed === seed);
      return other ? [[seed, (estimate! - other.estimate!) / (1 / from - 1 / to)]] : [];
    }),
  );
}

function errorOf(values: readonly number[]): number | null {
  const s2 = variance(values);
  return s2 === null ? null : Math.sqrt(s2 / values.length);
}
