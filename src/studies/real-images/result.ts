import type { SweepResult } from '../../sweep/run.ts';
import type { KidRow } from './kid-blocks.ts';
import type { LocalSlope } from './law.ts';
import type { Reversal } from './order.ts';

/** Both bias constants of a comparison, as a row. */
export interface ConstantsRow {
  readonly experiment: string;
  readonly reference_rows: number;
  readonly rows: number;
  /** FID of the whole pool. */
  readonly plug_in: number;
  readonly gaussian: number;
  readonly fourth: number;
  readonly fourth_se: number;
  /** FID minus its bias by the fourth-moment constant. */
  readonly debiased: number;
}

/** The results of a study of real images: input of its tables and charts. */
export interface RealImagesResult {
  /** The null, both directions of train and test, then the clean and the corrupted sets. */
  readonly comparisons: readonly SweepResult[];
  readonly slopes: readonly LocalSlope[];
  readonly constants: readonly ConstantsRow[];
  readonly kids: readonly KidRow[];
  readonly reversed: readonly Reversal[];
  readonly notes: readonly string[];
  readonly summary: string;
}
