import { z } from 'zod';
import { largestDimension } from '../../arrays/largest-dimension.ts';
import { mostDraws } from '../sizes.ts';

const count = z.int().nonnegative();
const floats = (length: number) =>
  z.custom<Float64Array>(
    (value) => value instanceof Float64Array && value.length === length,
    `not ${length} numbers`,
  );
const whole = z.custom<Uint32Array>((value) => value instanceof Uint32Array, 'not whole numbers');

const matrix = (rows: number) =>
  z
    .object({
      data: z.instanceof(Float64Array),
      rows: z.literal(rows),
      columns: z.int().nonnegative().max(largestDimension),
    })
    .refine(
      ({ data, columns }) => data.length === rows * columns,
      'not as many numbers as its shape',
    );

const linearMap = (d: number) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('identity') }),
    z.object({ kind: z.literal('diagonal'), values: floats(d) }),
    z.object({ kind: z.literal('dense'), matrix: matrix(d) }),
  ]);

const rowSpec = (d: number) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('normals'), dimension: z.literal(d) }),
    z.object({ kind: z.literal('exact-moments'), dimension: z.literal(d) }),
    z.object({
      kind: z.literal('pool'),
      path: z.string(),
      rows: count,
      shift: floats(d),
      of: whole.optional(),
      total: z.object({ count, mean: floats(d), covariance: matrix(d) }).optional(),
      classes: whole.optional(),
    }),
  ]);

/** Draws in d dimensions, as a worker takes them from a job. */
export function drawsSchema(d: number) {
  return z.object({
    source: z.object({
      geometry: z.object({
        dimension: z.literal(d),
        offset: floats(d),
        map: linearMap(d),
        whitened: linearMap(d),
        traceReference: z.number(),
      }),
      rows: rowSpec(d),
      precision: z.enum(['double', 'single']).optional(),
    }),
    sampling: z.object({
      studySeed: count,
      replacement: z.boolean(),
      nested: z.boolean(),
    }),
  });
}

/** What of them is needed before their arrays are read. */
export const packedSchema = z.looseObject({
  source: z.looseObject({
    geometry: z.looseObject({ dimension: z.int().positive().max(largestDimension) }),
  }),
});

const size = z
  .int()
  .positive()
  .max(2 ** 32 - 1);
const sizes = z.array(size).min(1).max(mostDraws);

export const drawUnitSchema = z.object({ seed: count, sizes, wanted: sizes });
