import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { checked } from '../../arrays/json.ts';
import { errorCode, StudyError } from '../../errors.ts';
import type { JobKind } from '../../jobs/kind.ts';
import { headerSchema } from '../experiment.ts';
import type { StudyServices } from '../services.ts';
import { codeOfStepUnits, probeOfSteps, STEPS, stepUnitSchema } from './array.ts';
import { stepProcesses } from './processes.ts';
import { rerunFor } from './rerun.ts';

const inputSchema = z.object({
  experiment: z.object({
    name: z.string(),
    study: z.string(),
    header: headerSchema,
    settings: z.record(z.string(), z.unknown()),
    path: z.string(),
  }),
  /** Relative paths of the experiment are of this folder. */
  directory: z.string(),
});

/**
 * Steps of a study as an array job.
 *
 * @param services of one process
 * @param entry the module of a process that computes steps
 */
export function stepsJob(services: (signal: AbortSignal) => StudyServices, entry: URL): JobKind {
  return {
    name: STEPS,
    code: codeOfStepUnits,
    probe: probeOfSteps,
    async work({ name, input }, units, { folder, workers, signal, put, onProgress }) {
      const wrong = `the job ${name} has no study`;
      const { experiment, directory } = checked(input, inputSchema, wrong, 'prepare it again');
      enter(directory);
      const byStep = new Map(
        units.map((unit) => [
          checked(unit.data, stepUnitSchema, wrong, 'prepare it again').step,
          unit,
        ]),
      );
      let done = 0;
      const keep = async (step: string, value: unknown) => {
        const unit = byStep.get(step)!;
        byStep.delete(step);
        await put(unit, { value });
        onProgress?.(++done, units.length);
      };
      const most = Math.min(workers ?? availableParallelism(), units.length);
      if (most > 1) {
        const processes = stepProcesses(experiment, folder, { workers: most, signal, entry });
        await processes.compute([...byStep.keys()], keep);
      }
      const left = [...byStep.keys()];
      if (left.length === 0) return;
      const supply = {
        next: async () => {
          signal.throwIfAborted();
          return left.shift();
        },
        put: keep,
      };
      await rerunFor(experiment, folder, supply, services(signal));
    },
  };
}

function enter(directory: string): void {
  try {
    process.chdir(directory);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new StudyError(
      `this machine does not have the folder in which the job was prepared: ${directory}`,
      'prepare it in a folder of the shared file system',
    );
  }
}
