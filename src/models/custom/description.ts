import { z } from 'zod';
import { checked, parseJson, withoutSchema } from '../../arrays/json.ts';

/** How images are resized, named after the tool that does it; see `preprocessing.ts`. */
export const filters = [
  'pillow-bicubic',
  'pillow-bilinear',
  'clean-bicubic',
  'torch-bilinear',
  'tensorflow-bilinear',
] as const;
export type Filter = (typeof filters)[number];

/** How an output of more than two axes becomes one row per image; see `pooling.ts`. */
export const poolings = ['none', 'cls', 'mean-tokens', 'mean-patches', 'mean-space'] as const;
export type Pooling = (typeof poolings)[number];

/** Number of axes of the output that each pooling takes. */
export const pooledAxes = {
  none: 2,
  cls: 3,
  'mean-tokens': 3,
  'mean-patches': 3,
  'mean-space': 4,
} as const satisfies Record<Pooling, number>;

export const descriptionFormat = 'fid-study extractor 1';

/** Numbers in a row of features: a hundred thousand rows of them have 26 GB. */
export const largestRow = 65_536;

const pixels = z.int().min(1).max(8192);
const sides = z.union([pixels, z.tuple([pixels, pixels])]).transform(pair);
const three = z.tuple([z.number(), z.number(), z.number()]);

const resizeSchema = z
  .strictObject({
    /** Of the image, whatever its shape: a side, or [height, width]. */
    size: sides.optional(),
    /** Of the image's shorter side; the other one follows. */
    shortest: pixels.optional(),
    filter: z.enum(filters),
  })
  .refine((resize) => (resize.size === undefined) !== (resize.shortest === undefined), {
    error: 'give either size or shortest',
  });

/** The JSON next to a user's ONNX file: its input, and the output to use. */
export const descriptionSchema = z
  .strictObject({
    format: z.literal(descriptionFormat),
    /** For people. */
    note: z.string().optional(),
    input: z.strictObject({
      name: z.string().min(1),
      layout: z.enum(['NCHW', 'NHWC']),
      colors: z.enum(['RGB', 'BGR']).default('RGB'),
    }),
    /** Left out for a network that takes images of any size as they are. */
    resize: resizeSchema.optional(),
    /** Of the middle, after resizing: a side, or [height, width]. */
    crop: sides.optional(),
    /** Of values 0 … 255: (value / divisor − mean) / std, in the order of `colors`. */
    scaling: z
      .strictObject({
        divisor: z.number().positive().default(255),
        mean: three.default([0, 0, 0]),
        std: three
          .refine((values) => values.every((value) => value > 0), { error: 'must be above 0' })
          .default([1, 1, 1]),
      })
      .optional(),
    output: z.strictObject({
      name: z.string().min(1),
      pooling: z.enum(poolings).default('none'),
      /** Makes each row's length 1, as CMMD does. */
      normalize: z.boolean().default(false),
      /** Features per image, if the ONNX file does not say. */
      dimension: z.int().min(1).max(largestRow).optional(),
    }),
  })
  .refine(({ resize, crop }) => crop === undefined || resize !== undefined, {
    path: ['crop'],
    error: 'needs resize, so that every image is large enough',
  })
  .refine(({ resize, crop }) => !resize || !crop || holds(resize, crop), {
    path: ['crop'],
    error: 'must not be larger than what resize gives',
  });

export type Description = z.output<typeof descriptionSchema>;

/**
 * Parses the description of an extractor.
 *
 * @param path where the text is from, for messages
 * @throws StudyError naming the invalid field
 */
export function parseDescription(text: string, path: string): Description {
  const json = withoutSchema(
    parseJson(
      text,
      path,
      'fix it, or start from what study models inspect proposes; see docs/custom-models.md',
    ),
  );
  return checked(
    json,
    descriptionSchema,
    `${path} does not describe an extractor`,
    'see docs/custom-models.md, or what study models inspect proposes',
  );
}

function pair(side: number | [number, number]): [number, number] {
  return typeof side === 'number' ? [side, side] : side;
}

function holds(
  { size, shortest = 0 }: z.output<typeof resizeSchema>,
  crop: [number, number],
): boolean {
  const [height, width] = size ?? [shortest, shortest];
  return crop[0] <= height && crop[1] <= width;
}
