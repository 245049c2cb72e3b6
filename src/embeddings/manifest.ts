import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import { checked, parseJson } from '../arrays/json.ts';
import { readText } from '../arrays/regular-file.ts';
import { checkSeal, manifestName, sealedManifest } from '../provenance/manifest.ts';

export { manifestName } from '../provenance/manifest.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const outputSchema = z.object({
  file: z.string().regex(/^[a-z]+\.npy$/),
  dtype: z.literal('float32'),
  dimension: z.int().positive(),
  sha256,
});

const manifestSchema = z
  .object({
    /** 1 of earlier versions, with the names in the manifest. */
    format: z.enum(['fid-study embeddings 1', 'fid-study embeddings 2']),
    /** Identifies the set by content: model, mode and images. */
    key: sha256,
    model: z.object({
      name: z.string(),
      mode: z.string(),
      dimension: z.int().positive(),
      sha256,
      comparable: z.boolean(),
      /** For a user's network: the hashes of its files and its description. */
      settings: z.record(z.string(), z.unknown()).optional(),
    }),
    rows: z.int().positive(),
    dimension: z.int().positive(),
    features: z.object({ file: z.string(), dtype: z.literal('float32'), sha256 }),
    /** Arrays of as many rows beside the features, from the same run of the network. */
    outputs: z.partialRecord(z.enum(['logits', 'spatial']), outputSchema).optional(),
    images: z.object({
      path: z.string(),
      selection: z.object({
        glob: z.string().optional(),
        limit: z.int().optional(),
        seed: z.union([z.string(), z.number()]).optional(),
        corrupt: z.string().optional(),
        column: z.string().optional(),
      }),
      /** sha256 of the images' bytes in order, without their names. */
      sha256,
      count: z.int().positive(),
      /** For images that are in no file: the generator, its seed and description. */
      origin: z.record(z.string(), z.unknown()).optional(),
      /** Images that could not be decoded: they have no row. */
      skipped: z.array(z.object({ index: z.int(), name: z.string(), reason: z.string() })),
      /** Files that were not taken for images, by kind. */
      passed_over: z.array(z.object({ kind: z.string(), count: z.int().positive() })).optional(),
      /**
       * One name per row, in a text file next to the manifest: a million names are parsed only if they
       * are asked for. In a list in manifests of earlier versions.
       */
      names: z.union([z.array(z.string()), z.object({ file: z.string(), sha256 })]),
    }),
    extraction: z.object({
      provider: z.string(),
      devices: z.array(z.int()).optional(),
      /** CUDA only: whether products could be rounded to TF32. */
      tf32: z.boolean().optional(),
      batchSize: z.int(),
      threads: z.int(),
      /** Whether the bits are independent of chance and of the number of networks. */
      deterministic: z.boolean().optional(),
      /** Whether it was interrupted and resumed on another machine or with other settings. */
      mixed: z.boolean().optional(),
    }),
    /** Rows that were copied from other cached sets instead of being extracted, and their keys. */
    reused: z.object({ rows: z.int().nonnegative(), from: z.array(sha256) }).optional(),
    environment: z.record(z.string(), z.unknown()),
    /** The machines of an array job, where they were several. */
    machines: z.array(z.record(z.string(), z.unknown())).optional(),
  })
  .refine(
    ({ rows, images: { names, count, skipped } }) =>
      (!Array.isArray(names) || names.length === rows) && count - skipped.length === rows,
    { path: ['images'], error: 'needs one image per row' },
  );

/** The `manifest.json` next to features. */
export type Manifest = z.infer<typeof manifestSchema>;

export const featuresName = 'features.npy';

/**
 * What the manifest.json of a folder describes: features, results of this package, or another tool's
 * data. A damaged one counts as the last; `readManifest` says what is wrong.
 */
export async function manifestOf(
  folder: string,
): Promise<'features' | 'results' | 'other' | 'none'> {
  const text = await readText(join(folder, manifestName)).catch(() => undefined);
  if (text === undefined) return 'none';
  try {
    const { format, environment } = Object(JSON.parse(text));
    if (String(format).startsWith('fid-study embeddings ')) return 'features';
    return typeof Object(environment).study === 'string' ? 'results' : 'other';
  } catch {
    return 'other';
  }
}

/** @throws StudyError if the file is missing or is not a manifest of features */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestName);
  const text = await readText(path).catch((error) => {
    throw diskError(error, path);
  });
  const hint = 'delete its folder and extract again';
  const json = parseJson(text, path, hint);
  checkSeal(json, path, hint);
  return checked(
    json,
    manifestSchema,
    `${path} is not a manifest of features`,
    'name a folder that `study extract` wrote',
  );
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = sealedManifest(manifest);
  await writeAtomically(join(folder, manifestName), (file) => writeFile(file, text));
}
