import type { Estimand } from '../tables/estimand.ts';
import { aboutBias, MANY_IMAGES } from '../tables/fid-caption.ts';
import { thousands } from '../tables/number.ts';
import type { SweepInputs } from './inputs.ts';
import type { SweepSettings } from './settings.ts';

/** What the FIDs of a sweep are measured against. */
export function referenceInWords({
  referenceSize,
  pool,
}: Pick<SweepInputs, 'referenceSize' | 'pool'>): string {
  if (referenceSize !== null) return `${thousands(referenceSize)} samples`;
  return pool === null ? 'known moments' : 'statistics of an unstated number of images';
}

/**
 * What a reader must know about how the draws were made, one sentence each.
 *
 * @param constant C of bias C/N, if it is known
 * @param estimand what bias is measured against
 */
export function sweepNotes(
  { sizes, seeds, replacement, labels }: SweepSettings,
  { pool, referenceSize, incomparable, dimension, notes: ofSides = [] }: SweepInputs,
  constant: number | null = null,
  estimand: Pick<Estimand, 'size' | 'bias' | 'isLeastBias'> | null = null,
): string[] {
  const notes = [...ofSides];
  if (incomparable) notes.push(`FIDs of ${incomparable} are not comparable with published FIDs`);
  if (referenceSize !== null && referenceSize < MANY_IMAGES) {
    // Bias is the same on either side.
    const about = constant === null ? '' : ` by about ${aboutBias(constant / referenceSize)}`;
    const isCounted = estimand?.size !== undefined && estimand.bias != null;
    const counted = isCounted ? ` (included in the bias at N = ${thousands(estimand.size)})` : '';
    notes.push(
      `the reference has only ${thousands(referenceSize)} images: their bias makes every FID here too high${about}${counted}`,
    );
  }
  if (estimand?.isLeastBias && estimand.size !== undefined) {
    notes.push(
      `${thousands(Math.min(estimand.size, referenceSize ?? estimand.size))} images do not exceed the ${thousands(dimension)} features: C from their spectrum is too small, and the bias is more than C/N`,
    );
  }
  if (pool === null) return notes;
  const rows = thousands(pool);
  if (replacement) {
    notes.push(
      `draws are with replacement from a pool of ${rows}: repeated rows add a bias of about C/${rows}`,
    );
    return notes;
  }
  notes.push(
    `draws share the rows of one pool of ${rows}: their SD is too small by the factor √(1 − N/pool); the tables also give a corrected SD`,
  );
  if (labels !== undefined) {
    notes.push(
      `draws keep the class proportions of ${labels === 'auto' ? 'the images’ own classes' : labels}, like a set generated class by class: their FID is lower than that of independent images, the more so the more the classes differ`,
    );
  }
  if (sizes.includes(pool) && seeds.length > 1) {
    notes.push(`N = ${rows} is the whole pool, the same for every seed: it was computed once`);
  }
  return notes;
}
