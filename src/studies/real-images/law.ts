import { mean, variance } from '../../sweep/statistics.ts';
import type { EstimateRow } from '../../tables/rows.ts';

/** The slope of FID on 1/N between two sizes: C, where the law is C/N. */
export interface LocalSlope {
  readonly experiment: string;
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  /** Monte-Carlo standard error over the seeds; null of one seed. */
  readonly mcse: number | null;
  readonly seeds: number;
}

/**
 * Slopes between neighbouring sizes, seed by seed, since draws of one seed are nested: what a
 * reference adds to every FID, and the FID itself, cancel. Where the law of 1/N holds they are all
 * the same. The one draw of a whole pool stands for every seed.
 */
export function localSlopes(rows: readonly EstimateRow[]): LocalSlope[] {
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b);
  return sizes.slice(1).flatMap((to, i) => {
    const from = sizes[i]!;
    const of = (size: number) => rows.filter((row) => row.size === size && row.status === 'ok');
    const larger = of(to);
    const slopes = of(from).flatMap(({ seed, estimate }) => {
      const isWhole = larger.length === 1 && to === larger[0]!.pool;
      const other = isWhole ? larger[0] : larger.find((row) => row.seed === seed);
      return other ? [(estimate! - other.estimate!) / (1 / from - 1 / to)] : [];
    });
    if (slopes.length === 0) return [];
    const s2 = variance(slopes);
    return [
      {
        experiment: rows[0]!.experiment,
        ...{ from, to, slope: mean(slopes), seeds: slopes.length },
        mcse: s2 === null ? null : Math.sqrt(s2 / slopes.length),
      },
    ];
  });
}
