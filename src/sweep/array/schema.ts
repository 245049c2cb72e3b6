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
    .strictObject({
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
    z.strictObject({ kind: z.literal('identity') }),
    z.strictObject({ kind: z.literal('diagonal'), values: floats(d) }),
    z.strictObject({ kind: z.literal('dense'), matrix: matrix(d) }),
  ]);

const rowSpec = (d: number) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('normals'), dimension: z.literal(d) }),
    z.strictObject({ kind: z.literal('blocks'), dimension: z.literal(d) }),
    z.strictObject({ kind: z.literal('exact-moments'), dimension: z.literal(d) }),
    z.strictObject({
      kind: z.literal('pool'),
      path: z.string(),
      rows: count,
      shift: floats(d),
      of: whole.optional(),
      total: z.strictObject({ count, mean: floats(d), covariance: matrix(d) }).optional(),
      classes: whole.optional(),
    }),
  ]);

const extra = z.strictObject({ logits: z.string().optional(), spatial: z.string().optional() });

const metrics = (d: number) =>
  z.strictObject({
    names: z.array(z.string().max(256)).max(256),
    reference: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('file'),
        path: z.string(),
        rows: count,
        of: whole.optional(),
        extra: extra.optional(),
      }),
      z.strictObject({
        kind: z.literal('normals'),
        map: linearMap(d),
        dimension: z.literal(d),
        rows: count,
      }),
    ]),
    extra: extra.optional(),
  });

/** Draws in d dimensions, as a worker takes them from a job: all that `DrawJob` has, and nothing else. */
export function drawsSchema(d: number) {
  return z.strictObject({
    source: z.strictObject({
      geometry: z.strictObject({
        dimension: z.literal(d),
        offset: floats(d),
        map: linearMap(d),
        whitened: linearMap(d),
        traceReference: z.number(),
      }),
      rows: rowSpec(d),
      precision: z.enum(['double', 'single']).optional(),
      metrics: metrics(d).optional(),
    }),
    sampling: z.strictObject({
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

export const drawUnitSchema = z.strictObject({ seed: count, sizes, wanted: sizes });
