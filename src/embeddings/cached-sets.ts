import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../arrays/disk.ts';
import { readText } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { openLine, sealLine } from '../provenance/sealed-journal.ts';
import { computationHash } from './computation.ts';
import { digestBytes, digestsName } from './digests.ts';
import { readManifest } from './manifest.ts';

/** Next to a cached set: what is asked of every set whenever images are extracted. */
export const summaryName = 'summary.json';

const summarySchema = z.object({
  /** sha256 of the images' digests, and their number. */
  images: z.string(),
  count: z.int().positive(),
  /** See `computationHash`; null if the rows are of several computations. */
  computation: z.string().nullable(),
});

/** A complete set of features in the cache. */
export interface CachedSet extends z.infer<typeof summarySchema> {
  readonly key: string;
  readonly path: string;
}

/** Bytes of a summary: those written are a third of them. */
const longest = 1024;

/**
 * The complete sets in the cache, by their keys. A manifest is read once, of sets of earlier versions and
 * of those just made: theirs hold the names of all images.
 */
export async function cachedSets(): Promise<CachedSet[]> {
  const folder = cacheFolder('embeddings');
  const sets: CachedSet[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const key of names.filter((each) => /^[0-9a-f]{64}$/.test(each)).sort()) {
    const path = join(folder, key);
    const summary = (await readSummary(path, key)) ?? (await summarise(path, key));
    if (summary) sets.push({ key, path, ...summary });
  }
  return sets;
}

async function readSummary(path: string, key: string) {
  const text = await readText(join(path, summaryName), longest).catch(() => '');
  return summarySchema.safeParse(openLine(text, key)).data;
}

/** The summary of a set's manifest, which is kept; undefined if it is damaged, or of another set. */
async function summarise(path: string, key: string) {
  const manifest = await readManifest(path).catch(noneIfDamaged);
  if (manifest?.key !== key) return undefined;
  const { model, images, extraction, environment } = manifest;
  const summary = {
    images: images.sha256,
    count: images.count,
    computation: extraction.mixed ? null : computationHash(model, extraction, environment),
  };
  // A full or read-only cache is no reason to fail.
  await writeAtomically(join(path, summaryName), (file) =>
    writeFile(file, sealLine(summary, key)),
  ).catch(() => {});
  return summary;
}

/** The digest of a set's first image; undefined if it has none, as sets of earlier versions. */
export async function firstDigest({ path }: CachedSet): Promise<Buffer | undefined> {
  const file = await open(join(path, digestsName)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(digestBytes), 0, digestBytes, 0);
    return bytesRead === digestBytes ? buffer : undefined;
  } finally {
    await file.close();
  }
}

/** A damaged set is reported when it is asked for; elsewhere it counts as absent. */
export function noneIfDamaged(error: unknown): undefined {
  if (error instanceof StudyError) return undefined;
  throw error;
}
