import type { SideName } from './population-constant.ts';
import type { RowMoments } from './row-moments.ts';
import type { SharedResults } from './shared-results.ts';

/** A row that is so far out that nobody can say whether it belongs to the population. */
export interface OddRow {
  readonly side: SideName;
  /** Where it is stored, from 0. */
  readonly row: number;
  /** How much of its own direction it makes by itself, at most 1; d/N on average. */
  readonly leverage: number;
}

/**
 * From here on a row makes more of its direction than all others together, and is by so much further out
 * (in squared distance) than the next. Of multivariate t rows with 5 degrees of freedom one sample in 30
 * has such a row, with 8 one in 250; of Gaussian or rectified ones none.
 */
const [LEAST_LEVERAGE, LEAST_RATIO] = [0.5, 4];

/**
 * Rows that no estimator can judge: with one of them in its population FID at infinity is another
 * number than without. One on each side at most, the furthest.
 */
export function oddRows(shared: Pick<SharedResults, 'ofGenerated' | 'ofReference'>): OddRow[] {
  const sides: readonly (readonly [SideName, RowMoments | null])[] = [
    ['generated', shared.ofGenerated],
    ['reference', shared.ofReference],
  ];
  return sides.flatMap(([side, moments]) => {
    const furthest = moments?.leverages?.furthest;
    if (!furthest) return [];
    const { row, leverage, overNext } = furthest;
    const isOdd = leverage > LEAST_LEVERAGE && overNext > LEAST_RATIO;
    return isOdd ? [{ side, row, leverage }] : [];
  });
}
