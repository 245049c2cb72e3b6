import type { DrawOutcome, DrawUnit } from './outcome.ts';
import type { DrawSpec, Sampling } from './spec.ts';

/** What every draw of a sweep has in common. Plain data, so that it can be sent to a worker. */
export interface DrawJob {
  readonly source: DrawSpec;
  readonly sampling: Sampling;
}

/** Runs units of draws somewhere; the outcomes do not depend on where, or in which order. */
export interface Engine {
  /**
   * Runs units and calls back with each outcome as it comes. Ends when all are done, or without an
   * error once the signal is aborted.
   */
  run(
    job: DrawJob,
    units: readonly DrawUnit[],
    onOutcome: (outcome: DrawOutcome) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
}
