import type { Job } from './job.ts';
import type { Unit } from './parts.ts';

/**
 * Thrown where the rest of a command needs units that are not there yet. It is no failure: the job is
 * prepared, or partly done.
 */
export class Unfinished extends Error {
  override readonly name = 'Unfinished';

  constructor(
    /** The folder of the results. */
    readonly folder: string,
    readonly job: Job,
    readonly missing: readonly Unit[],
  ) {
    super(`${missing.length} of ${job.units.length} units of ${job.title} are to be made`);
  }
}

/** Parts of `tasks` in which units are missing, ascending. */
export function partsOf(missing: readonly Unit[], tasks: number): number[] {
  return [...new Set(missing.map(({ index }) => index % tasks))].sort((a, b) => a - b);
}

/** Numbers as schedulers take them: `0-3,7`. */
export function ranges(numbers: readonly number[]): string {
  const found: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
}
