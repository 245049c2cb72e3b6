import { availableParallelism } from 'node:os';

/** Cores that a scheduler has given to this task; without cgroups nothing else keeps it to them. */
const variables = [
  'SLURM_CPUS_PER_TASK',
  'SLURM_CPUS_ON_NODE',
  'NSLOTS',
  'LSB_DJOB_NUMPROC',
] as const;

/** The number of cores to use; undefined if no scheduler says it. */
export function coresGiven(
  env: Readonly<Record<string, string | undefined>> = process.env,
): number | undefined {
  for (const name of variables) {
    const text = env[name] ?? '';
    if (/^[1-9]\d{0,3}$/.test(text)) return Math.min(Number(text), availableParallelism());
  }
  return undefined;
}
