import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';
import type { Reference } from '../metrics/reference.ts';
import type { Estimate } from './estimate.ts';
import type { FourthMoments } from './fourth-moments.ts';
import type { VarianceModel } from './variance.ts';

/** An estimator of FID_∞: what it needs of a pool, and what it makes of that. */
export interface Estimator {
  readonly method: string;
  /** For tables and `--explain`. */
  readonly title: string;
  /** @throws StudyError for a pool that is too small for it */
  needs(pool: PoolSize): Needs;
  /** Sees the rows as they are read, for what is not made of FIDs of subsets. */
  observe?(context: ObserverContext): RowObserver;
  /** @throws StudyError where no estimate can be had */
  estimate(shared: SharedResults): Estimate | Promise<Estimate>;
}

export interface PoolSize {
  /** N */
  readonly rows: number;
  /** d */
  readonly dimension: number;
}

/** What an estimator needs beside the FID of the whole pool. */
export interface Needs {
  /** Sizes of nested draws, prefixes of the shuffled pool. */
  readonly prefixes?: readonly number[];
  /** Number of groups that are left out in turn. */
  readonly groups?: number;
  /** Numbers of equal parts, of each of which the FID is wanted: 2 for halves. */
  readonly parts?: readonly number[];
  /** Rows: statistics will not do. Implied by all of the above. */
  readonly rows?: boolean;
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

export interface ObserverContext extends PoolSize {
  readonly reference: Reference;
  readonly algebra: LinearAlgebra;
}

/** Takes rows z = x − m in the shuffled order of the pool, block by block. */
export interface RowObserver {
  /** @param rows the first `count` rows of z [count, d]; valid until the promise resolves */
  add(rows: Float64Array, count: number): void | Promise<void>;
  /** What the estimator finds under its method in `observed`. @throws StudyError */
  finish(): unknown;
}
