import { StudyError } from '../errors.ts';
import { overlapOf } from './repeated-rows.ts';
import type { ExtractorIdentity, Side } from './side.ts';

/**
 * Lets two sides be compared only if their features mean the same: one network, one preprocessing
 * mode, one dimension. A side that does not say where its features come from is taken at its word.
 *
 * @param force compares features of different networks all the same; never of different dimensions
 * @throws StudyError where they differ
 */
export function requireComparable(reference: Side, generated: Side, force: boolean): void {
  if (reference.dimension !== generated.dimension) {
    throw new StudyError(
      `${reference.path} has features of ${reference.dimension} dimensions, ${generated.path} of ${generated.dimension}`,
      'compare features of one extractor',
    );
  }
  const difference = extractorDifference(reference.extractor, generated.extractor);
  if (difference && !force) {
    throw new StudyError(
      `${reference.path} and ${generated.path} ${difference}`,
      'extract both with one model, or add --force to compare them all the same',
    );
  }
}

/**
 * Refuses a generated set that is the reference itself: what holds of independent images, such as
 * that FID is too high by its bias, does not hold of one set and itself.
 *
 * @throws StudyError
 */
export function requireOtherImages(reference: Side, generated: Side): void {
  const isCopy = reference.sha256 === generated.sha256;
  if (!isCopy && !overlapOf(generated, reference)?.isSame) return;
  const both =
    reference.path === generated.path
      ? `${generated.path} on both sides`
      : `${reference.path} and ${generated.path} are the same ${generated.kind}${isCopy ? '' : ', in another order'}`;
  throw new StudyError(
    `a set against itself: ${both}`,
    'give a reference of other images: bias and errors are those of independent sets',
  );
}

/** In words, how two known extractors differ; null where they do not, or one is unknown. */
export function extractorDifference(
  a: ExtractorIdentity | null,
  b: ExtractorIdentity | null,
): string | null {
  if (!a || !b) return null;
  // A user's network is named after its file, which may have been copied.
  if (a.settings && b.settings && a.sha256 === b.sha256 && a.mode === b.mode) return null;
  if (a.name !== b.name) return `have features of different models: ${a.name} and ${b.name}`;
  if (a.mode !== b.mode) return `have features of different modes: ${a.mode} and ${b.mode}`;
  if (a.sha256 !== b.sha256) {
    const digests = `${a.sha256.slice(0, 12)} and ${b.sha256.slice(0, 12)}`;
    return `have features of different builds of ${a.name}: sha256 ${digests}`;
  }
  return null;
}
