import type { NpzArray } from '../arrays/npz.ts';
import type { Job } from './job.ts';
import type { UnitResult } from './part-file.ts';
import type { Unit } from './parts.ts';

/** What a worker gives its job: nothing that decides a number. */
export interface Tools {
  /** The folder of the results, below which the job is. */
  readonly folder: string;
  /** Cores to use: undefined is all of them. */
  readonly workers: number | undefined;
  readonly signal: AbortSignal;
  /** The arrays of the job, by name; float64. */
  arrays<Name extends string>(names: readonly Name[]): Promise<Record<Name, NpzArray>>;
  /** Keeps the result of a unit: call it as soon as there is one. */
  put(unit: Unit, result: UnitResult): Promise<void>;
  /** Tells how far the work is, in whatever the kind counts. */
  onProgress?: ((done: number, total: number, note?: string) => void) | undefined;
}

/** A kind of job: how its units are made, on whichever machine. To add one, put it into `jobKinds`. */
export interface JobKind {
  /** As in `JobPlan`. */
  readonly name: string;
  /** Hash of the code that computes units here. */
  code(job: Job): string;
  /** Tells how this machine rounds. */
  probe(job: Job): Promise<string>;
  /**
   * Makes units, in any order.
   *
   * @param units those of this task that are not there yet, at least one
   */
  work(job: Job, units: readonly Unit[], tools: Tools): Promise<void>;
}
