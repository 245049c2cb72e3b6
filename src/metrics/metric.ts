import type { LinearAlgebra } from '../linalg/algebra.ts';
import type { Sample } from './sample.ts';

/** What a metric reads of a side. Rows always include moments; moments alone have no rows. */
export type Need = 'moments' | 'rows' | 'logits' | 'spatial';

/** How a metric's expected value depends on the number of images N. */
export type InN =
  /** The same at every N. */
  | 'unbiased'
  /** It tends to a limit, from one side. */
  | 'limit'
  /** It has no useful limit: balls to the k-th neighbour shrink as N grows. */
  | 'no-limit';

/** What a metric needs of pairs of rows: who lies in whose ball, nearest references, sums of kernels. */
export type PairWork = 'balls' | 'nearest' | 'kernels';

/** What a metric is computed with. */
export interface MetricContext {
  readonly algebra: LinearAlgebra;
  /** Key of the streams that random directions and orders come from. */
  readonly key: readonly (string | number)[];
  /** What passes over pairs compute; by default all that any metric needs. */
  readonly pairs?: ReadonlySet<PairWork> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the pairs of rows done, and their total. */
  readonly onPairs?: ((done: number, total: number) => void) | undefined;
}

/**
 * A metric: one file in `kinds/`, listed in `registry.ts`. docs/metrics.md shows how to add one.
 */
export interface Metric {
  /** As in `--metric` and in the column `metric`. */
  readonly name: string;
  /** As in charts and tables. */
  readonly title: string;
  readonly needs: readonly Need[];
  /** Which values are better. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** Whether the two sides can be exchanged. */
  readonly isSymmetric: boolean;
  /** Whether it compares with the reference; otherwise it describes the generated set alone. */
  readonly usesReference: boolean;
  readonly inN: InN;
  /** What is known of its bias in N, in a clause. */
  readonly bias: string;
  /** What it needs of pairs of rows, if anything. */
  readonly pairs?: PairWork;
  /** Its expected value for two equal distributions, if it does not depend on them. */
  readonly atEqual?: number;
  /** Fewest rows of either side that it uses. */
  readonly leastRows: number;
  /** Whether both sides must have the same number of rows, or the reference more. */
  readonly isEqualN?: boolean;
  /**
   * The value of a draw of N generated images against M references.
   *
   * @throws StudyError if the rows do not have what it needs
   */
  value(draw: Sample, reference: Sample, context: MetricContext): Promise<number>;
  /** Its standard error, if there is a formula; otherwise that of subsets is given. */
  error?(draw: Sample, reference: Sample, context: MetricContext): Promise<number | null>;
}
