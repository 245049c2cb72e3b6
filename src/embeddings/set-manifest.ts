import { StudyError } from '../errors.ts';
import type { ImageSource } from '../images/source.ts';
import type { Extractor } from '../models/extractor.ts';
import { environment } from '../provenance/environment.ts';
import type { EmbeddingsOptions } from './embeddings-options.ts';
import { featuresName, type Manifest } from './manifest.ts';
import { hashOfNames, namesName } from './names.ts';
import type { PartialSet, Skipped } from './partial-set.ts';
import type { Settings } from './settings.ts';

/** The manifest of a set that is complete. */
export function manifestOfSet(
  set: Pick<PartialSet, 'rows' | 'skipped' | 'reused' | 'isMixed'>,
  { source, extractor, selection }: EmbeddingsOptions,
  settings: Settings,
  {
    key,
    images,
    features,
  }: { readonly key: string; readonly images: string; readonly features: string },
): Manifest {
  return {
    format: 'fid-study embeddings 2',
    key,
    model: modelOf(extractor),
    rows: set.rows,
    dimension: extractor.dimension,
    features: { file: featuresName, dtype: 'float32', sha256: features },
    images: {
      path: source.path,
      selection: { ...selection },
      sha256: images,
      count: source.names.length,
      ...named(source, set.skipped),
    },
    extraction: { ...settings, ...(set.isMixed && { mixed: true }) },
    reused: { rows: rowsOf(set.reused), from: [...set.reused.keys()].sort() },
    environment: { ...environment() },
  };
}

/** A cached manifest for another run: the same bytes may now have other names. */
export function renamed(
  cached: Manifest,
  { source, extractor, selection, skipBad }: EmbeddingsOptions,
): Manifest {
  requireNoneSkipped(cached.images.skipped, skipBad);
  const images = {
    ...cached.images,
    path: source.path,
    selection: { ...selection },
    ...named(source, cached.images.skipped),
  };
  return { ...cached, format: 'fid-study embeddings 2', model: modelOf(extractor), images };
}

export function rowsOf(reused: ReadonlyMap<string, number>): number {
  return [...reused.values()].reduce((sum, rows) => sum + rows, 0);
}

function modelOf({ name, mode, dimension, sha256, comparable, settings }: Extractor) {
  return { name, mode, dimension, sha256, comparable, ...(settings && { settings }) };
}

/** The names of the images that have a row. */
export function* namesOfRows(
  { names }: ImageSource,
  skipped: readonly Pick<Skipped, 'index'>[],
): Generator<string> {
  const without = new Set(skipped.map(({ index }) => index));
  for (const [index, name] of names.entries()) if (!without.has(index)) yield name;
}

function named(
  source: ImageSource,
  skipped: readonly Skipped[],
): Pick<Manifest['images'], 'skipped' | 'names' | 'origin' | 'passed_over'> {
  return {
    ...(source.origin && { origin: source.origin }),
    skipped: skipped.map(({ index, reason }) => ({ index, name: source.names[index]!, reason })),
    names: { file: namesName, sha256: hashOfNames(namesOfRows(source, skipped)) },
    passed_over: source.passedOver && [...source.passedOver],
  };
}

/** A set extracted with `skipBad` must not silently replace the whole set. */
export function requireNoneSkipped(skipped: readonly Skipped[], skipBad = false): void {
  const [first] = skipped;
  if (!first || skipBad) return;
  throw new StudyError(first.reason, 'replace or remove it, or skip it: --skip-bad');
}
