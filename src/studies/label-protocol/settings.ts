import { z } from 'zod';

const whole = z.int().positive();

/** What experiments/label-protocol.json may say. */
export const settingsSchema = z.strictObject({
  study_seed: z.int().nonnegative().default(0),
  dimension: whole.max(2048).default(256),
  exponent: z.number().default(1.25),
  /** Images of a draw: a multiple of every number of classes. */
  size: whole.max(1_000_000).default(8000),
  draws: z.int().min(2).max(10_000).default(40),
  /** Pairs of images of one class, which the closed form is averaged over. */
  pairs: whole.max(1_000_000).default(20_000),
  mixtures: z
    .array(z.strictObject({ classes: z.int().min(2).max(10_000), between: z.number().gt(0).lt(1) }))
    .min(1),
  /** Features with a class each, and a larger set of the same distribution that the basis is of. */
  real: z
    .strictObject({
      reference: z.strictObject({ path: z.string().min(1) }),
      labelled: z.strictObject({ path: z.string().min(1) }),
      labels: z.strictObject({ path: z.string().min(1) }),
      /** Orders in which the images of a class are paired. */
      orders: whole.max(1000).default(20),
    })
    .nullish(),
});

export type LabelProtocolSettings = z.output<typeof settingsSchema>;
