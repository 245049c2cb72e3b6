import { hostname } from 'node:os';
import { z } from 'zod';
import { sha256Of } from '../arrays/sha256.ts';
import { environment } from '../provenance/environment.ts';

export const machineSchema = z.object({
  host: z.string().max(256),
  cpu: z.string().max(256),
  instructions: z.array(z.string().max(64)).max(256),
  /** Digits of its rounding probe: machines with the same digits round alike. */
  rounding: z.string().max(64),
  study: z.string().max(64),
  node: z.string().max(64),
});

/** A machine that took part: enough to explain numbers that differ. */
export type Machine = z.output<typeof machineSchema>;

/** This one, whose rounding has this probe. */
export function thisMachine(probe: string): Machine {
  const { cpu, instructions, study, node } = environment();
  // Nodes of a scheduler on one host have names of their own.
  const host = process.env.SLURMD_NODENAME || hostname();
  const rounding = sha256Of(probe).slice(0, 8);
  return { host, cpu, instructions: [...instructions], rounding, study, node };
}

/** In words: `n1 (AMD EPYC 7763)`. */
export function machineInWords({ host, cpu }: Pick<Machine, 'host' | 'cpu'>): string {
  return `${host} (${cpu})`;
}

/** Each machine once, by name. */
export function distinctMachines(machines: Iterable<Machine>): Machine[] {
  const found = new Map([...machines].map((each) => [JSON.stringify(each), each]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, machine]) => machine);
}
