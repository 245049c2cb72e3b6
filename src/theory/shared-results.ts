import type { FrechetTerms } from '../metrics/frechet.ts';
import type { Reference } from '../metrics/reference.ts';
import type { Resolvent } from './resolvent.ts';
import type { RowMoments } from './row-moments.ts';
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
  /** The same without groups of the reference's rows; empty where they are not at hand. */
  readonly referenceLeftOut: ReadonlyMap<number, readonly SubsetDistance[]>;
  /** Of each of equal parts, by their number. */
  readonly parts: ReadonlyMap<number, readonly SubsetDistance[]>;
  /** The spectrum of the whole, for sums over that of the populations. */
  readonly resolvent: Resolvent;
  /** Of the generated rows; null where only statistics are known. */
  readonly ofGenerated: RowMoments | null;
  /** Of the reference's rows; null where only statistics are known, or it is known exactly. */
  readonly ofReference: RowMoments | null;
  /** How FIDs of subsets vary and covary. */
  readonly variance: VarianceModel;
  /** What an observer of the same method found. */
  readonly observed: ReadonlyMap<string, unknown>;
}
