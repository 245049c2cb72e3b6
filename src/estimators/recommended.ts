import type { PoolSize } from '../theory/shared-results.ts';

/** What is known of a pool besides its size, and of its reference. */
export interface PoolKind {
  /** Whether its rows are known, and not their statistics alone. */
  readonly hasRows: boolean;
  /** Whether it was generated with fixed shares of its classes. */
  readonly isStratified: boolean;
  /** M; null where the reference is known exactly, or its size is not. */
  readonly referenceRows: number | null;
}

export interface Recommendation {
  readonly method: string;
  /** False where no estimator is good enough to be relied on. */
  readonly isReliable: boolean;
}

/** Below so many samples a dimension nothing tried is reliable; above, the bias left is small. */
const LEAST = 1.5;

/** Whether features are enough for what is estimated from them, such as C, to be relied on. */
export function hasEnoughRows({ rows, dimension }: PoolSize): boolean {
  return rows >= LEAST * dimension;
}

/**
 * What the bake-off recommends where rows are known, from N/d on: the geometric middle between two of
 * its sizes. A test holds it against `results/estimators/standings.csv`.
 */
export const recommendations: readonly { readonly from: number; readonly method: string }[] = [
  { from: 0, method: 'jackknife' },
  { from: Math.sqrt(1400 * 2000) / 2048, method: 'analytic-gaussian-2' },
  { from: Math.sqrt(2000 * 3000) / 2048, method: 'random-matrix-rows' },
];

/** Fewer rows have no room for nested sizes. */
const ROOM = 32;

/**
 * The estimator of FID_∞ that commands take by default: where the features are known, what the
 * bake-off recommends at this N/d (`study estimators`). From statistics alone, where tails are
 * unknown, random-matrix theory with Gaussian ones. Both assume independent images: of a set with
 * fixed shares of its classes only FIDs of subsets with the same shares tell how its FID falls with N.
 */
export function recommendedEstimator(
  { rows, dimension }: PoolSize,
  { hasRows, isStratified, referenceRows }: PoolKind,
): Recommendation {
  const isReliable =
    hasEnoughRows({ rows, dimension }) &&
    (referenceRows === null || hasEnoughRows({ rows: referenceRows, dimension }));
  if (isStratified) {
    return { method: 'jackknife', isReliable };
  }
  // Random-matrix theory asks for more rows than dimensions of either side.
  const least = Math.min(rows, referenceRows ?? rows);
  if (!hasRows) {
    return { method: least <= dimension + 1 ? 'analytic-gaussian' : 'random-matrix', isReliable };
  }
  if (rows < ROOM) return { method: 'half-sample', isReliable };
  const { method } = recommendations.findLast(({ from }) => least / dimension >= from)!;
  return { method, isReliable };
}
