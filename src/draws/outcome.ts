import type { Machine } from '../jobs/machine.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';

/** The draws of one seed that share their rows. */
export interface DrawUnit {
  readonly seed: number;
  /** Sizes of the nested draws, ascending; one size if draws are independent. */
  readonly sizes: readonly number[];
  /**
   * Sizes still to be computed. The others are summed all the same, so that rounding happens in the
   * same order and a resumed sweep gives the same bits.
   */
  readonly wanted: readonly number[];
}

/** A metric of one draw, finished or failed. */
export interface MetricValue {
  readonly value: number | null;
  /** Wall time; what several metrics share counts for the first of them. Null in an array job. */
  readonly seconds: number | null;
  readonly error: string | null;
}

/** The result of one draw, finished or failed. */
export interface DrawOutcome {
  readonly seed: number;
  readonly size: number;
  readonly terms: FrechetTerms | null;
  /** Wall time since the previous draw of the unit, i.e. of the rows and the distance it added. */
  readonly seconds: number;
  readonly error: string | null;
  /** Which machine made it, if another process did. */
  readonly machine?: Machine | undefined;
  /** The metrics besides FID, by name, if there are any. */
  readonly metrics?: Readonly<Record<string, MetricValue>>;
}

/** Computes a distance and returns it as an outcome, also if it fails. */
export async function attempt(
  seed: number,
  size: number,
  distance: () => Promise<FrechetTerms>,
  start = performance.now(),
): Promise<DrawOutcome> {
  try {
    const terms = await distance();
    if (!Number.isFinite(terms.distance)) throw new Error(`distance is ${terms.distance}`);
    const seconds = (performance.now() - start) / 1000;
    return { seed, size, terms, error: null, seconds };
  } catch (error) {
    return failed(seed, size, error, start);
  }
}

/** The outcome of a failed draw. */
export function failed(seed: number, size: number, error: unknown, start: number): DrawOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return { seed, size, terms: null, error: message, seconds: (performance.now() - start) / 1000 };
}
