import { z } from 'zod';

const positive = z.number().positive();

const largestDimension = 16_384;
const perDimension = <Schema extends z.ZodType>(each: Schema) =>
  z.array(each).max(largestDimension);

const moments = z.strictObject({
  kind: z.literal('npz'),
  /** `.npz` with `mu` [d] and `sigma` [d, d], relative to the JSON file. */
  path: z.string().min(1),
});

/**
 * A surrogate as JSON: two Gaussians that stand in for reference and generated embeddings. Either
 * both share one eigenbasis (then a few numbers are enough), or both are statistics files.
 */
export const surrogateSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,100}$/),
  description: z.string().default(''),
  dimension: z.number().int().min(1).max(largestDimension),
  /** Covariance Q of the reference; its mean is the origin unless it is a statistics file. */
  reference: z.discriminatedUnion('kind', [
    /** λ_i = trace · i^-exponent / Σ_j j^-exponent */
    z.strictObject({
      kind: z.literal('power-law'),
      exponent: z.number().nonnegative(),
      trace: positive,
    }),
    z.strictObject({
      kind: z.literal('eigenvalues'),
      values: perDimension(z.number().nonnegative()),
    }),
    moments,
  ]),
  generated: z.discriminatedUnion('kind', [
    /** P = Q and μ = m: the population FID is 0, and everything measured is bias. */
    z.strictObject({ kind: z.literal('same') }),
    /**
     * |μ − m|² = `mean_term` and Σ(√p_i − √q_i)² = `covariance_term`, both spread over the
     * spectrum in proportion to λ_i^exponent; the variances are alternately larger and smaller.
     */
    z.strictObject({
      kind: z.literal('discrepancy'),
      mean_term: z.number().nonnegative(),
      covariance_term: z.number().nonnegative(),
      exponent: z.number(),
    }),
    /** Variances p_i in the reference's eigenbasis, and the offset μ − m. */
    z.strictObject({
      kind: z.literal('eigenvalues'),
      values: perDimension(z.number().nonnegative()),
      offset: perDimension(z.number()).optional(),
    }),
    moments,
  ]),
  /** Published values to compare the surrogate with; not used in any computation. */
  published: z
    .array(
      z.strictObject({
        size: z.number().int().positive(),
        fid: z.number(),
        label: z.string(),
        url: z.string(),
      }),
    )
    .max(1000)
    .default([]),
  /** How the numbers were found; copied unchanged. */
  calibration: z.record(z.string(), z.unknown()).optional(),
});

export type SurrogateDefinition = z.infer<typeof surrogateSchema>;
