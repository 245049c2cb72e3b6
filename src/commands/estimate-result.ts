import type { FidEstimation } from '../answers/estimate/estimate-fid.ts';
import { hasEnoughRows } from '../estimators/recommended.ts';
import type { KidEstimate } from '../metrics/kid.ts';
import type { Labels } from '../sides/labels.ts';
import type { Side } from '../sides/side.ts';
import { roundToError, thousands } from '../tables/number.ts';
import { oddRowNotes, sideNotes, UNSEEN_TAILS } from './side-notes.ts';

/** The result of `study estimate`. */
export interface EstimateResult {
  readonly estimation: FidEstimation;
  readonly kid: KidEstimate | null;
  /** Why there is no KID, where that is not plain. */
  readonly kidNote?: string | null;
  readonly reference: Side;
  readonly generated: Side;
  readonly labels: Labels | null;
}

/** What a reader must know before they quote the numbers. */
export function estimateNotes(result: EstimateResult) {
  const { estimation, reference, generated, labels, kidNote } = result;
  const { rows, dimension, referenceRows, referenceBias, infinity, oddRows } = estimation;
  const notes = sideNotes(reference, generated);
  const isReferenceSmall =
    referenceRows !== null && !hasEnoughRows({ rows: referenceRows, dimension });
  if (isReferenceSmall || !hasEnoughRows({ rows, dimension })) {
    const few = isReferenceSmall
      ? `${thousands(referenceRows)} reference images`
      : `${thousands(rows)} images`;
    notes.push(
      `${few} of ${thousands(dimension)} dimensions are too few: no estimate of FID at infinity ${labels ? 'that keeps the class shares ' : ''}is reliable`,
    );
  }
  notes.push(...oddRowNotes(oddRows, { reference: reference.path, generated: generated.path }));
  if (referenceRows === null) {
    notes.push(
      `${reference.path} does not state its number of images: it counts as the population, and its own bias stays in every number (--reference-size)`,
    );
  } else {
    const bias = roundToError(referenceBias, infinity?.se ?? null).value;
    notes.push(
      `${bias} of the bias comes from the ${thousands(referenceRows)} references; FID at infinity excludes it`,
    );
  }
  if (referenceRows !== null && generated.kind === 'features' && !estimation.hasReferenceRows) {
    notes.push(UNSEEN_TAILS);
  }
  if (generated.kind === 'statistics') {
    notes.push('statistics do not show tails: C and the spread of FID assume Gaussian features');
  }
  if (labels) {
    notes.push(
      `draws keep the shares of ${labels.count} classes; standard errors assume independent images and are too large, the more so the more the classes differ`,
    );
  }
  return [...notes, ...(infinity?.notes ?? []), ...(kidNote ? [kidNote] : [])];
}
