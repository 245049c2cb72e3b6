import { z } from 'zod';
import { largestOf } from '../../arrays/extremes.ts';
import { checked } from '../../arrays/json.ts';
import type { DrawJob } from '../../draws/engine.ts';
import { metricBytes } from '../../draws/metric-spec.ts';
import type { DrawOutcome, DrawUnit } from '../../draws/outcome.ts';
import { workerPoolFor } from '../../draws/worker-pool.ts';
import type { JobArrays } from '../../jobs/arrays.ts';
import type { JobKind } from '../../jobs/kind.ts';
import { pack, packedNames, unpack } from '../../jobs/pack.ts';
import type { Unit } from '../../jobs/parts.ts';
import { roundingProbe } from '../../linalg/probe.ts';
import { drawCodeHash } from '../../provenance/code-hash.ts';
import { drawName } from '../design.ts';
import { filesOf, filesSchema, requireFiles, withAbsolutePaths } from './files.ts';
import { drawsSchema, drawUnitSchema, packedSchema } from './schema.ts';
import { resultOf } from './units.ts';

const inputSchema = z.object({ draws: packedSchema, files: filesSchema });

/** Draws of a sweep as the input and the arrays of a job. */
export async function packedDraws(
  draws: DrawJob,
): Promise<{ input: z.output<typeof inputSchema>; arrays: JobArrays }> {
  const source = withAbsolutePaths(draws.source);
  const job = { ...draws, source };
  // A worker refuses what its schema does not have; better before a job is written.
  drawsSchema(source.geometry.dimension).parse(job);
  const { value, arrays } = pack(job);
  return { input: inputSchema.parse({ draws: value, files: await filesOf(source) }), arrays };
}

/** Draws of a sweep as an array job: a unit is what one seed draws from the same rows. */
export const drawsJob: JobKind = {
  name: 'draws',
  code: drawCodeHash,
  probe: roundingProbe,
  async work({ name, input, units: all }, units, { workers, signal, arrays, put, onProgress }) {
    const wrong = `the job ${name} has no draws`;
    const { draws: packed, files } = checked(input, inputSchema, wrong, 'prepare it again');
    const d = packed.source.geometry.dimension;
    const unpacked = unpack(packed, await arrays(packedNames(packed)));
    const draws = checked(unpacked, drawsSchema(d), wrong, 'prepare it again');
    await requireFiles(files);
    const wanted = units.map((unit) => ({
      unit,
      draw: checked(unit.data, drawUnitSchema, wrong, 'prepare it again'),
    }));
    const collect = collector(wanted);
    const report = (done: number) => onProgress?.(done, units.length, `units of ${all.length}`);
    let done = 0;
    report(done);
    const largest = largestOf(wanted.flatMap(({ draw }) => draw.wanted));
    const more = metricBytes((draws as DrawJob).source.metrics, d, largest);
    await workerPoolFor(d, workers, more).run(
      draws as DrawJob,
      wanted.map(({ draw }) => draw),
      async (outcome) => {
        const whole = collect(outcome);
        if (!whole) return;
        await put(whole.unit, resultOf(whole.outcomes));
        report(++done);
      },
      signal,
    );
  },
};

/** Gathers outcomes, which come draw by draw, into whole units. */
function collector(wanted: readonly { unit: Unit; draw: DrawUnit }[]) {
  const unitOf = new Map(
    wanted.flatMap(({ unit, draw }) =>
      draw.wanted.map((size) => [
        drawName({ seed: draw.seed, size }),
        { unit, count: draw.wanted.length },
      ]),
    ),
  );
  const found = new Map<string, DrawOutcome[]>();
  return (outcome: DrawOutcome) => {
    const { unit, count } = unitOf.get(drawName(outcome))!;
    const outcomes = [...(found.get(unit.id) ?? []), outcome];
    found.set(unit.id, outcomes);
    return outcomes.length === count ? { unit, outcomes } : undefined;
  };
}
