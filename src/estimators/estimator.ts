import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Reference } from '../metrics/reference.ts';
import type { PoolSize, SharedResults } from '../theory/shared-results.ts';
import type { Estimate } from './estimate.ts';

/** An estimator of FID_∞: what it needs from a pool, and its estimate. */
export interface Estimator {
  readonly method: string;
  /** For tables and `--explain`. */
  readonly title: string;
  /** @throws StudyError for a pool that is too small for it */
  needs(pool: PoolSize): Needs;
  /** Sees the rows as they are read, for estimators that need more than FIDs of subsets. */
  observe?(context: ObserverContext): RowObserver;
  /** @throws StudyError if it cannot give an estimate */
  estimate(shared: SharedResults): Estimate | Promise<Estimate>;
}

/** What an estimator needs besides the FID of the whole pool. */
export interface Needs {
  /** Sizes of nested draws, prefixes of the shuffled pool. */
  readonly prefixes?: readonly number[];
  /** Number of groups that are left out in turn. */
  readonly groups?: number;
  /** The same of the reference's rows, where they are at hand. */
  readonly referenceGroups?: number;
  /** Numbers of equal parts, of each of which the FID is wanted: 2 for halves. */
  readonly parts?: readonly number[];
  /** Rows: statistics will not do. Implied by all of the above. */
  readonly rows?: boolean;
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
