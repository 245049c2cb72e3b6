import { join } from 'node:path';
import { passedOverNotes } from '../images/passed-over.ts';
import { requireOutFolder } from '../provenance/out-folder.ts';
import { deliver, requireOutside } from './deliver.ts';
import { deliverOutputs } from './deliver-outputs.ts';
import type { EmbeddingsOptions } from './embeddings-options.ts';
import { clearLockOf, fill, setFolder } from './fill.ts';
import { imagesOfCachedSet, memoryOfImages, partialName, placeOf } from './known-images.ts';
import { featuresName, type Manifest } from './manifest.ts';
import { type Embeddings, openEmbeddings } from './open.ts';
import { type Provider, placesOf } from './provider.ts';
import { namesOfRows, renamed } from './set-manifest.ts';
import { settingsOf } from './settings.ts';

export interface Extraction {
  readonly embeddings: Embeddings;
  readonly manifest: Manifest;
  /** Whether the features were in the cache, so that the network did not run. */
  readonly cached: boolean;
  /** Images done by an interrupted run that this one resumed. */
  readonly resumed: number;
  /** Images whose rows this run copied from other sets in the cache. */
  readonly reused: number;
  /** Share of the time that the network ran rather than waited for images; null if it did not. */
  readonly busy: number | null;
  /** What a reader must know about how the features were extracted. */
  readonly notes: readonly string[];
}

/**
 * Extracts the features of a set of images, or takes them from the cache. The same images (by content),
 * model and mode are never extracted twice, nor is an image that another cached set holds, so a set
 * that grows costs its new images only. An interrupted extraction resumes after its last whole chunk.
 * Memory grows with the images' names and 32 bytes each only.
 * @throws StudyError for a damaged image (unless `skipBad`), a full disk, a missing provider, a damaged
 * cache, another process extracting the same images, an `out` among the images; the signal's reason
 * once it is aborted
 */
export async function extractEmbeddings(options: EmbeddingsOptions): Promise<Extraction> {
  const { source, extractor, out, outputs, devices } = options;
  if (out !== undefined) await requireOutFolder(out, 'embeddings');
  const settings = settingsOf(options);
  placesOf(settings.provider, devices);
  if (out !== undefined) await requireOutside(out, source.path);
  const place = await placeOf(options);
  const memory = await memoryOfImages(options, place);
  const found = await imagesOfCachedSet(options, settings, memory);
  const cached = found !== undefined;
  const name = partialName(options, place, settings);
  const { images, ...run } = cached
    ? { images: found, ...noRun }
    : await fill(options, settings, name);
  if (cached) await clearLockOf(name);
  else await memory.remember(images);
  const folder = setFolder(options, images, settings);

  const embeddings = await openEmbeddings(folder);
  try {
    const manifest = renamed(embeddings.manifest!, options);
    const notes = [
      ...passedOverNotes(source),
      ...(cached ? providerNotes(manifest, settings.provider) : []),
    ];
    const outcome = { manifest, cached, notes, ...run };
    if (out === undefined) return { embeddings: { ...embeddings, manifest }, ...outcome };
    const names = namesOfRows(source, manifest.images.skipped);
    if (outputs) {
      const { wanted, features } = outputs;
      await deliverOutputs(folder, out, manifest, names, wanted, { features, all: extractor });
      embeddings.close();
      const delivered = await openEmbeddings(out);
      return { embeddings: delivered, ...outcome, manifest: delivered.manifest! };
    }
    await deliver(folder, out, manifest, names);
    const paths = { path: out, featuresPath: join(out, featuresName) };
    return { embeddings: { ...embeddings, ...paths, manifest }, ...outcome };
  } catch (error) {
    embeddings.close();
    throw error;
  }
}

const noRun = { resumed: 0, reused: 0, busy: null };

/** The cache key has images and model, but not where the network ran. */
function providerNotes({ images, extraction: { provider } }: Manifest, asked: Provider): string[] {
  if (provider === asked) return [];
  return [
    `the features of ${images.path} come from the cache and were made by ${provider}, not ${asked}: providers differ slightly`,
  ];
}
