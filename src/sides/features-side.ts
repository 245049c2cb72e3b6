import type { Manifest } from '../embeddings/manifest.ts';
import type { Embeddings } from '../embeddings/open.ts';
import type { Extracted, FeaturesSide } from './side.ts';

/**
 * A side of features that are open; closing it closes them.
 *
 * @param path what the user named
 * @param notes what to know of how they were opened; skipped images are added
 */
export function featuresSide(
  path: string,
  { featuresPath, sha256, rows, dimension, manifest, readBlock, readRows, close }: Embeddings,
  notes: readonly string[],
): FeaturesSide {
  return {
    kind: 'features',
    path,
    featuresPath,
    sha256,
    rows,
    dimension,
    extractor: manifest?.model ?? null,
    ...(manifest && { extracted: extractedOf(manifest) }),
    notes: manifest ? [...notes, ...skippedNotes(path, manifest)] : notes,
    readBlock,
    readRows,
    close,
  };
}

/** Of the environment what can move a feature: the same images and settings give the same then. */
function extractedOf({ images, extraction, environment }: Manifest): Extracted {
  const { cpu, instructions } = environment;
  const libraries = Object(environment.libraries) as Readonly<Record<string, unknown>>;
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  const { sha256, count, skipped } = images;
  return {
    images: { sha256, count, skipped: skipped.length },
    extraction,
    environment: { cpu, instructions, libraries: { 'onnxruntime-node': onnxruntime, sharp } },
  };
}

/** How many names of images that have no row are listed. */
const SHOWN = 3;

/** What `skipBad` left out is part of no number, wherever it was given. */
function skippedNotes(path: string, { images: { skipped, count } }: Manifest): string[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, SHOWN).map(({ name }) => name);
  const more = skipped.length > SHOWN ? ', …' : '';
  return [
    `${path}: ${skipped.length} of ${count} images could not be decoded and are left out: ${names.join(', ')}${more}`,
  ];
}
