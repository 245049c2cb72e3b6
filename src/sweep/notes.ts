import type { Estimand } from '../tables/estimand.ts';
import { aboutBias, MANY_IMAGES } from '../tables/fid-caption.ts';
import { thousands } from '../tables/number.ts';
import type { SweepInputs } from './inputs.ts';
import type { SweepSettings } from './settings.ts';

/** What the FIDs of a sweep are distances to. */
export function referenceInWords({
  referenceSize,
  pool,
}: Pick<SweepInputs, 'referenceSize' | 'pool'>): string {
  if (referenceSize !== null) return `${thousands(referenceSize)} samples`;
  return pool === null ? 'known moments' : 'statistics of a number of images not stated';
}

/**
 * What a reader of a sweep must know of how its draws were made, a sentence each.
 *
 * @param constant C of bias C/N, as far as it is known
 * @param estimand what bias is measured against
 */
export function sweepNotes(
  { sizes, seeds, replacement, labels }: SweepSettings,
  { pool, referenceSize, incomparable, dimension }: SweepInputs,
  constant: number | null = null,
  estimand: Pick<Estimand, 'size' | 'bias' | 'isLeastBias'> | null = null,
): string[] {
  const notes: string[] = [];
  if (incomparable) notes.push(`FIDs of ${incomparable} are not comparable with published FIDs`);
  if (referenceSize !== null && referenceSize < MANY_IMAGES) {
    // Bias is the same on either side.
    const about = constant === null ? '' : `, about ${aboutBias(constant / referenceSize)}`;
    const isCounted = estimand?.size !== undefined && estimand.bias != null;
    const counted = isCounted ? `, counted in that of N = ${thousands(estimand.size)}` : '';
    notes.push(
      `the reference has only ${thousands(referenceSize)} images: every FID here is too high by its own bias${about}${counted}`,
    );
  }
  if (estimand?.isLeastBias && estimand.size !== undefined) {
    notes.push(
      `${thousands(Math.min(estimand.size, referenceSize ?? estimand.size))} images are no more than the ${thousands(dimension)} features: their spectrum is too narrow for C, and bias is more than C/N there`,
    );
  }
  if (pool === null) return notes;
  const rows = thousands(pool);
  if (replacement) {
    notes.push(
      `draws are with replacement from a pool of ${rows}: repeated rows add a bias of their own, about C/${rows}`,
    );
    return notes;
  }
  notes.push(
    `draws share the rows of one pool of ${rows}: their SD is too small by √(1 − N/pool); a corrected one is given beside it`,
  );
  if (labels !== undefined) {
    notes.push(
      `draws keep the shares of the classes in ${labels}: their FID is that of a set generated so, below that of independent images, the more the classes differ`,
    );
  }
  if (sizes.includes(pool) && seeds.length > 1) {
    notes.push(`N = ${rows} is the whole pool, the same for every seed: it was computed once`);
  }
  return notes;
}
