import type { FrechetTerms } from '../metrics/frechet.ts';
import type { Reference } from '../metrics/reference.ts';
import type { FourthMoments } from './fourth-moments.ts';
import type { VarianceModel } from './variance.ts';

export interface PoolSize {
  /** N */
  readonly rows: number;
  /** d */
  readonly dimension: number;
}

/** The FID of a subset of a pool, and the spectrum behind it. */
export interface SubsetDistance {
  readonly size: number;
  readonly terms: FrechetTerms;
  /** s_i, the roots of the eigenvalues of Q^½ S Q^½, ascending. */
  readonly roots: Float64Array;
}

/** What all estimators of one pool share. */
export interface SharedResults extends PoolSize {
  readonly reference: Reference;
  /** M; null where the reference is known exactly, or its size is not. */
  readonly referenceRows: number | null;
  readonly whole: SubsetDistance;
  /** By size; the whole pool is among them. */
  readonly prefixes: ReadonlyMap<number, SubsetDistance>;
  /** Without each group in turn, by number of groups. */
  readonly leftOut: ReadonlyMap<number, readonly SubsetDistance[]>;
  /** Of each of equal parts, by their number. */
  readonly parts: ReadonlyMap<number, readonly SubsetDistance[]>;
  /** Of the rows; null where only statistics are known. */
  readonly fourth: FourthMoments | null;
  /** How FIDs of subsets vary and covary. */
  readonly variance: VarianceModel;
  /** What an observer of the same method found. */
  readonly observed: ReadonlyMap<string, unknown>;
}
