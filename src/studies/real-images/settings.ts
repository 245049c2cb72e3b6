import { z } from 'zod';
import { mostImages } from '../../images/names.ts';
import { largestSize, parseSizes } from '../../sweep/sizes.ts';

const size = z.int().min(2).max(largestSize);
const sizes = z.union([
  z.array(size).min(1).max(1000),
  z.string().transform((text) => parseSizes(text)),
]);

const images = z.strictObject({
  /** A folder, a zip or whatever else images can be. */
  images: z.string().min(1),
  glob: z.string().nullish(),
  limit: z.int().positive().max(mostImages).nullish(),
  seed: z.union([z.string(), z.number()]).nullish(),
});

/** Settings of a study of real images. */
export const realImagesSettings = z.strictObject({
  model: z.string().min(1),
  mode: z.string().min(1).optional(),
  train: images,
  test: images,
  /** Sizes of the draws; each pool uses those that it can give. */
  sizes,
  seeds: z.int().min(2).max(1000),
  study_seed: z.int().nonnegative().default(0),
  /** Corrupted training images: stand-ins for generators. */
  corrupted: z.strictObject({
    limit: z.int().positive().max(mostImages),
    seed: z.union([z.string(), z.number()]),
    /** For example `jpeg:30`, see `study extract --help`. */
    corruptions: z.array(z.string()).min(1).max(4),
    sizes,
  }),
  kid: z.strictObject({
    /** Most images of either side. */
    rows: size.default(10_000),
    /** Images per block: draws are unions of blocks. */
    block: size.default(500),
  }),
});

export type RealImagesSettings = z.output<typeof realImagesSettings>;
export type ImagesSettings = z.output<typeof images>;
