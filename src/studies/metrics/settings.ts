import { z } from 'zod';
import { surrogateSchema } from '../../surrogates/schema.ts';
import { largestSize } from '../../sweep/sizes.ts';

const size = z.int().min(2).max(largestSize);
const sizes = z.array(size).min(2).max(100);
const features = z.strictObject({ path: z.string().min(1) });

/** What experiments/metrics.json may say. */
export const metricsSettings = z.strictObject({
  seeds: z.int().min(2).max(1000),
  study_seed: z.int().nonnegative().default(0),
  /** Features of real images: two disjoint sets of one kind, and corrupted images, which are worse. */
  real: z
    .strictObject({
      /** A set of its own, or how many random rows are taken out of the clean one. */
      reference: z.union([features, z.strictObject({ rows: size })], {
        error: 'expected { "path": FEATURES } or { "rows": N }',
      }),
      clean: features,
      corrupted: z
        .array(z.strictObject({ name: z.string().min(1).max(40), path: z.string().min(1) }))
        .min(1)
        .max(4),
      /** Each set uses those that it can give. */
      sizes,
    })
    .nullish(),
  /** Fresh draws, whose number is not limited by a pool. */
  surrogate: z.strictObject({
    definition: surrogateSchema,
    sizes,
    reference_rows: size,
    seeds: z.int().min(2).max(1000),
  }),
  /** MIND with few images against FID with many. */
  claim: z.strictObject({
    source: z.string().min(1),
    few: size,
    many: size,
    seeds: z.int().min(2).max(1000),
  }),
});

export type MetricsSettings = z.output<typeof metricsSettings>;
