import type { Job } from './job.ts';
import { distinctMachines, type Machine } from './machine.ts';
import type { Part } from './part-file.ts';
import { findParts, type Unit, unitsOf } from './parts.ts';

/** How far a job is. */
export interface Gathered {
  readonly units: readonly Unit[];
  /** A part for each unit that has one, by the unit's index. */
  readonly parts: ReadonlyMap<number, Part>;
  readonly missing: readonly Unit[];
  /** Machines that made these parts. */
  readonly machines: readonly Machine[];
}

/**
 * Finds the parts of a job, whoever made them.
 *
 * @param isMixed whether parts of machines that round otherwise count, where there is no other
 * @throws StudyError if two machines that should round alike gave a unit two values
 */
export async function gather(folder: string, job: Job, isMixed = false): Promise<Gathered> {
  const units = unitsOf(job);
  const found = await findParts(folder, job, units);
  const parts = new Map<number, Part>();
  for (const { id, index } of units) {
    const { own, others } = found.get(id)!;
    const part = own ?? (isMixed ? others[0] : undefined);
    if (part) parts.set(index, part);
  }
  const missing = units.filter(({ index }) => !parts.has(index));
  const machines = distinctMachines([...parts.values()].map(({ machine }) => machine));
  return { units, parts, missing, machines };
}
