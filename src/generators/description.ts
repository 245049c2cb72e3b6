import { z } from 'zod';
import { checked, parseJson, withoutSchema } from '../arrays/json.ts';
import { largestBatch } from '../models/custom/fit.ts';

export const generatorFormat = 'fid-study generator 1';

/** Numbers in the latent of one image: 64 MB of float32. */
export const largestLatent = 2 ** 24;

/** ImageNet-21k has 21,841. */
const mostClasses = 1_000_000;

const name = z.string().min(1);
const positive = z.number().positive();
const pixels = z.int().min(1).max(8192);

/** What every latent has: its input, and its shape for one image. */
const latent = {
  name,
  shape: z
    .array(z.int().min(1).max(largestLatent))
    .max(6)
    .refine((shape) => shape.reduce((product, each) => product * each, 1) <= largestLatent, {
      error: `must have ${largestLatent} numbers at most`,
    }),
};

/** How each number of a latent is drawn; see `latents.ts`. */
const latentSchema = z.discriminatedUnion('distribution', [
  z.strictObject({
    ...latent,
    distribution: z.literal('normal'),
    std: positive.default(1),
  }),
  z.strictObject({ ...latent, distribution: z.literal('unit') }),
  z
    .strictObject({
      ...latent,
      distribution: z.literal('uniform'),
      low: z.number().default(0),
      high: z.number().default(1),
    })
    .refine(({ low, high }) => low < high, { path: ['high'], error: 'must be above low' }),
  z.strictObject({
    ...latent,
    distribution: z.literal('truncated'),
    // Below it, almost every number would be drawn again.
    bound: z.number().min(0.1),
    std: positive.default(1),
  }),
]);

/** The JSON next to a generator's ONNX file: what goes in, and how images come out. */
export const generatorSchema = z.strictObject({
  format: z.literal(generatorFormat),
  /** For people. */
  note: z.string().optional(),
  latent: latentSchema,
  /** Left out for a generator without classes. */
  classes: z
    .strictObject({
      name,
      count: z.int().min(2).max(mostClasses),
      /** `balanced`: image i has the class i mod count. */
      labels: z.enum(['balanced', 'random']),
    })
    .optional(),
  output: z.strictObject({
    name,
    layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
    /** The values of black and white; left out for uint8. */
    range: z
      .tuple([z.number(), z.number()])
      .refine(([black, white]) => black < white, { error: 'must ascend' })
      .optional(),
    /** A side, or [height, width]; needed if the ONNX file does not say. */
    size: z
      .union([pixels, z.tuple([pixels, pixels])])
      .transform((side): [number, number] => (typeof side === 'number' ? [side, side] : side))
      .optional(),
  }),
  /** Images per run; needed if 16 at a time are too many. */
  batch: z.int().min(1).max(largestBatch).optional(),
});

export type GeneratorDescription = z.output<typeof generatorSchema>;
export type Latent = GeneratorDescription['latent'];

/**
 * Parses the description of a generator.
 *
 * @param path where the text is from, for messages
 * @throws StudyError naming the invalid field
 */
export function parseGenerator(text: string, path: string): GeneratorDescription {
  const json = withoutSchema(parseJson(text, path, hint));
  return checked(json, generatorSchema, `${path} does not describe a generator`, hint);
}

const hint = 'docs/generators.md has the fields and examples';
