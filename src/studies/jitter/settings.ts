import { z } from 'zod';
import { mostImages } from '../../images/names.ts';
import { mostDraws } from '../../sweep/sizes.ts';
import { gridSchema } from './variations.ts';

const selection = {
  glob: z.string().optional(),
  limit: z.int().positive().max(mostImages).optional(),
  seed: z.union([z.string(), z.number()]).optional(),
};

/** A larger set of the same network's features, or images. */
export const sideSchema = z.strictObject({ path: z.string().min(1), ...selection });

export const settingsSchema = z.strictObject({
  /** The images to extract repeatedly, and how to select them. */
  images: z.string().min(1),
  ...selection,
  model: z.string().min(1),
  mode: z.string().min(1).optional(),
  /** How the copies of the originals are made, as in `study extract --corrupt`. */
  corruption: z.string().min(1).default('jpeg:50'),
  grids: z.array(gridSchema).min(1).max(100),
  /** ONNX file of LPIPS. */
  lpips: z.string().min(1).optional(),
  /** For `fid_reference`, and for the sampling error. */
  reference: sideSchema.nullish(),
  /** Draws from it, against the reference, measure the sampling error. */
  pool: sideSchema.nullish(),
  sampling_seeds: z.int().min(2).max(mostDraws).default(5),
});

export type JitterSettings = z.output<typeof settingsSchema>;
