import { z } from 'zod';
import { largestDimension } from '../../arrays/largest-dimension.ts';
import { largestSize, mostDraws } from '../../sweep/sizes.ts';
import { mechanismNames } from './mechanisms.ts';

const count = z.int().positive().max(largestSize);
const repetition = z.int().positive();

/** Surrogates that the estimators were made on; the others are to break them. */
const USUAL = mechanismNames.slice(0, mechanismNames.indexOf('student-t-5'));

/** M of a drawn reference: as many as N, or so many times the dimension; or its moments are known. */
const references = z.array(
  z.union([z.literal('known'), z.literal('equal'), z.number().min(1).max(1000)]),
);

/** Settings of the bake-off. */
export const bakeOffSchema = z.strictObject({
  /** Coordinates of the surrogates. */
  dimension: count.max(largestDimension).default(256),
  /** The dimension that they represent: a size N becomes N · dimension / stands_for. */
  stands_for: count.default(2048),
  /** Numbers of images, in dimension `stands_for`. */
  sizes: z.array(count).max(1000).default([1000, 1400, 2000, 3000, 5000, 10_000, 20_000, 50_000]),
  /** A count (1 … count), or their numbers: each is a seed. */
  repetitions: z
    .union([count.max(mostDraws), z.array(repetition).min(1).max(mostDraws)])
    .default(40)
    .transform((given) =>
      typeof given === 'number' ? Array.from({ length: given }, (_, i) => i + 1) : given,
    ),
  mechanisms: z.array(z.enum(mechanismNames)).max(100).default(USUAL),
  /** P = Q (`same`), P ≠ Q (`different`), or both. */
  generated: z
    .array(z.enum(['same', 'different']))
    .max(2)
    .default(['same', 'different']),
  references: references.min(1).max(10).default(['known']),
  /** By default all estimators. */
  methods: z.array(z.string().min(1)).max(100).optional(),
  study_seed: z.number().int().nonnegative().default(0),
  /** Times each estimator alone for timings.csv, which differs between runs. */
  timings: z.boolean().default(false),
});

export type BakeOffSettings = z.output<typeof bakeOffSchema>;

export type ReferenceKind = BakeOffSettings['references'][number];

/** A size N of the dimension stood for, in the surrogates' own dimension. */
export function actualSize({ dimension, stands_for }: BakeOffSettings, size: number): number {
  return Math.round((size * dimension) / stands_for);
}
