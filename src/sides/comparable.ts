import { StudyError } from '../errors.ts';
import { overlapOf } from './repeated-rows.ts';
import type { ExtractorIdentity, Side } from './side.ts';

/**
 * Refuses to compare features of different networks, preprocessing modes or dimensions. A side that
 * does not name its network passes.
 *
 * @param force compares features of different networks anyway; never of different dimensions
 * @throws StudyError if they differ
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
      'extract both with one model, or add --force to compare them anyway',
    );
  }
}

/**
 * Refuses a generated set that is the reference itself: bias and errors hold for independent sets.
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
    `a set compared with itself: ${both}`,
    'give a reference of other images: bias and errors hold for independent sets',
  );
}

/** How two known extractors differ, in words; null if they do not or one is unknown. */
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
