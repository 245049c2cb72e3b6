import { z } from 'zod';
import { sha256Of } from '../../arrays/sha256.ts';
import { type ArrayOptions, prepareOrGather } from '../../jobs/prepare.ts';
import { functionsProbe, roundingProbe } from '../../linalg/probe.ts';
import type { Experiment } from '../experiment.ts';
import { codeOfSteps, type StepsElsewhere } from '../steps.ts';

export const STEPS = 'steps';

export const stepUnitSchema = z.object({ step: z.string().length(64) });

/** Has the steps of a study made by the tasks of an array job. */
export function arraySteps(experiment: Experiment, options: ArrayOptions): StepsElsewhere {
  return {
    patience: 0,
    async compute(names, keep) {
      if (names.length === 0) return;
      // A step's key says everything that determines its value.
      const identity = { study: experiment.study };
      const { units, parts } = await prepareOrGather(
        {
          kind: STEPS,
          title: `the study ${experiment.name}`,
          identity,
          request: identity,
          code: codeOfStepUnits(),
          probe: await probeOfSteps(),
          input: { experiment, directory: process.cwd() },
          units: names.map((step) => ({ step })),
        },
        options,
      );
      for (const { index } of units) {
        const { value, machine } = parts.get(index)!;
        await keep(names[index]!, value, machine);
      }
    },
  };
}

/** Hash of the code that computes steps. */
export function codeOfStepUnits(): string {
  return sha256Of(JSON.stringify(codeOfSteps()));
}

/** Studies use the engine's own functions as well as products. */
export async function probeOfSteps(): Promise<string> {
  return `${await roundingProbe()} ${functionsProbe()}`;
}
