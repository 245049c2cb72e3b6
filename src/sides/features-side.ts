import type { Manifest } from '../embeddings/manifest.ts';
import type { Embeddings } from '../embeddings/open.ts';
import { type RowLabels, readRowLabels } from '../embeddings/row-labels.ts';
import { StudyError } from '../errors.ts';
import { passedOverNote } from '../images/passed-over.ts';
import type { Extracted, FeaturesSide } from './side.ts';

/**
 * A side made of open features; closing it closes them.
 *
 * @param path what the user named
 * @param notes about how they were opened; one about skipped images is added
 * @param labels of the images they were just made of; undefined for features on disk
 */
export function featuresSide(
  path: string,
  {
    featuresPath,
    sha256,
    rows,
    dimension,
    manifest,
    extra,
    readBlock,
    readRows,
    close,
  }: Embeddings,
  notes: readonly string[],
  labels?: RowLabels | StudyError | null,
): FeaturesSide {
  return {
    kind: 'features',
    path,
    featuresPath,
    ...(extra && { extra }),
    sha256,
    rows,
    dimension,
    extractor: manifest?.model ?? null,
    ...(manifest && { extracted: extractedOf(manifest) }),
    notes: manifest ? [...notes, ...leftOut(manifest), ...skippedNotes(path, manifest)] : notes,
    async labels() {
      if (labels instanceof StudyError) throw labels;
      return labels === undefined ? readRowLabels(path, sha256, rows) : labels;
    },
    readBlock,
    readRows,
    close,
  };
}

/** Keeps what can move a feature: equal images, settings and environment give equal features. */
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

/** Files that were not taken for images: a set may lack what its folder holds. */
function leftOut({ images: { path, passed_over } }: Manifest): string[] {
  return passed_over ? [passedOverNote(path, passed_over)] : [];
}

/** How many names of skipped images a note lists. */
const SHOWN = 3;

/** Images that `skipBad` left out are in no number; every command says so. */
function skippedNotes(path: string, { images: { skipped, count } }: Manifest): string[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, SHOWN).map(({ name }) => name);
  const more = skipped.length > SHOWN ? ', …' : '';
  return [
    `${path}: ${skipped.length} of ${count} images could not be decoded and are left out: ${names.join(', ')}${more}`,
  ];
}
