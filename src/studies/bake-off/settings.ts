import { z } from 'zod';
import { mechanismNames } from './mechanisms.ts';

const count = z.number().int().positive();

/** Settings of the bake-off. */
export const bakeOffSchema = z.strictObject({
  /** Coordinates of the surrogates. */
  dimension: count.default(256),
  /** The dimension that they stand for: a size N becomes N · dimension / stands_for. */
  stands_for: count.default(2048),
  /** Numbers of images, at the dimension stood for. */
  sizes: z.array(count).default([1000, 1400, 2000, 3000, 5000, 10_000, 20_000, 50_000]),
  /** A count (1 … count), or their numbers: each is a seed. */
  repetitions: z
    .union([count, z.array(count).min(1)])
    .default(40)
    .transform((given) =>
      typeof given === 'number' ? Array.from({ length: given }, (_, i) => i + 1) : given,
    ),
  mechanisms: z.array(z.enum(mechanismNames)).default([...mechanismNames]),
  /** Of which P = Q and P ≠ Q: either or both. */
  generated: z.array(z.enum(['same', 'different'])).default(['same', 'different']),
  /** By default all estimators. */
  methods: z.array(z.string().min(1)).optional(),
  study_seed: z.number().int().nonnegative().default(0),
  /** Takes the time of each estimator alone into timings.csv, which differs from run to run. */
  timings: z.boolean().default(false),
});

export type BakeOffSettings = z.output<typeof bakeOffSchema>;

/** A size N of the dimension stood for, in the surrogates' own dimension. */
export function actualSize({ dimension, stands_for }: BakeOffSettings, size: number): number {
  return Math.round((size * dimension) / stands_for);
}
