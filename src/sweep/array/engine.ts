import { halvesOf } from '../../draws/draw.ts';
import type { Engine } from '../../draws/engine.ts';
import { hashOfSpec } from '../../draws/spec-hash.ts';
import { dropPart } from '../../jobs/parts.ts';
import { type ArrayOptions, prepareOrGather } from '../../jobs/prepare.ts';
import { Unfinished } from '../../jobs/unfinished.ts';
import { roundingProbe } from '../../linalg/probe.ts';
import { drawCodeHash } from '../../provenance/code-hash.ts';
import { drawsJob, packedDraws } from './kind.ts';
import { outcomesOf } from './units.ts';

/**
 * Has draws made by the tasks of an array job. Its first run prepares the job; once all units are there,
 * a run with the same draws gives their outcomes.
 *
 * @param sweep the hash of what decides a draw's value; see `sweepIdentity`
 */
export function arrayEngine(title: string, sweep: string, options: ArrayOptions): Engine {
  return {
    async run(job, units, onOutcome) {
      if (units.length === 0) return;
      // Both halves of a unit are dealt apart: they share no rows.
      const halves = units.flatMap((unit) => halvesOf(unit, job.source));
      const { input, arrays } = await packedDraws(job);
      const complete = await prepareOrGather(
        {
          kind: drawsJob.name,
          title,
          identity: { sweep, numbers: hashOfSpec(job.source), sampling: job.sampling },
          request: { sweep, sampling: job.sampling },
          code: drawCodeHash(),
          probe: await roundingProbe(),
          input,
          arrays,
          units: halves,
        },
        options,
      );
      const damaged = [];
      const found = [];
      for (const unit of complete.units) {
        const part = complete.parts.get(unit.index)!;
        const outcomes = outcomesOf(halves[unit.index]!, part, part.machine);
        if (outcomes) found.push(...outcomes);
        else {
          damaged.push(unit);
          await dropPart(part);
        }
      }
      if (damaged.length > 0) throw new Unfinished(options.folder, complete.job, damaged);
      for (const outcome of found) await onOutcome(outcome);
    },
  };
}
