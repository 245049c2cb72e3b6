import { resolve } from 'node:path';
import { z } from 'zod';
import { checked } from '../../arrays/json.ts';
import type { DrawJob } from '../../draws/engine.ts';
import type { DrawOutcome, DrawUnit } from '../../draws/outcome.ts';
import { workerPoolFor } from '../../draws/worker-pool.ts';
import { StudyError } from '../../errors.ts';
import type { JobArrays } from '../../jobs/arrays.ts';
import type { JobKind } from '../../jobs/kind.ts';
import { pack, packedNames, unpack } from '../../jobs/pack.ts';
import type { Unit } from '../../jobs/parts.ts';
import { roundingProbe } from '../../linalg/probe.ts';
import { drawCodeHash } from '../../provenance/code-hash.ts';
import { rememberedSha256 } from '../../provenance/remembered-hashes.ts';
import { drawName } from '../design.ts';
import { drawsSchema, drawUnitSchema, packedSchema } from './schema.ts';
import { resultOf } from './units.ts';

const inputSchema = z.object({
  draws: packedSchema,
  /** The file of a pool, which every worker must find under the same path. */
  pool: z.object({ path: z.string(), sha256: z.string() }).nullable(),
});

/** Draws of a sweep as the input and the arrays of a job. */
export async function packedDraws(
  draws: DrawJob,
): Promise<{ input: z.output<typeof inputSchema>; arrays: JobArrays }> {
  const { rows } = draws.source;
  const path = rows.kind === 'pool' ? resolve(rows.path) : null;
  // Named apart, so that a job does not depend on the folder in which it is prepared.
  const source = { ...draws.source, rows: path === null ? rows : { ...rows, path: '' } };
  const { value, arrays } = pack({ ...draws, source });
  const pool = path === null ? null : { path, sha256: await rememberedSha256(path) };
  return { input: inputSchema.parse({ draws: value, pool }), arrays };
}

/** Draws of a sweep as an array job: a unit is what one seed draws from the same rows. */
export const drawsJob: JobKind = {
  name: 'draws',
  code: drawCodeHash,
  probe: roundingProbe,
  async work({ name, input, units: all }, units, { workers, signal, arrays, put, onProgress }) {
    const wrong = `the job ${name} has no draws`;
    const { draws: packed, pool } = checked(input, inputSchema, wrong, 'prepare it again');
    const d = packed.source.geometry.dimension;
    const unpacked = unpack(packed, await arrays(packedNames(packed)));
    const { source: given, sampling } = checked(
      unpacked,
      drawsSchema(d),
      wrong,
      'prepare it again',
    );
    if (pool) await requirePool(pool);
    const { rows } = given;
    const source =
      pool && rows.kind === 'pool' ? { ...given, rows: { ...rows, path: pool.path } } : given;
    const wanted = units.map((unit) => ({
      unit,
      draw: checked(unit.data, drawUnitSchema, wrong, 'prepare it again'),
    }));
    const collect = collector(wanted);
    const report = (done: number) => onProgress?.(done, units.length, `units of ${all.length}`);
    let done = 0;
    report(done);
    await workerPoolFor(d, workers).run(
      { source, sampling } as DrawJob,
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

async function requirePool({ path, sha256 }: { path: string; sha256: string }): Promise<void> {
  const found = await rememberedSha256(path).catch((cause) => {
    throw new StudyError(
      `cannot read the pool of this job: ${path}`,
      'put features, or STUDY_CACHE, on a file system that every machine has under the same path',
      { cause },
    );
  });
  if (found === sha256) return;
  throw new StudyError(
    `${path} was changed after the job was prepared`,
    'restore it, or run the command that prepared the job again',
  );
}
