import { thousands } from '../tables/number.ts';
import type { SweepInputs } from './inputs.ts';
import type { SweepSettings } from './settings.ts';

/** What a reader of a sweep must know of how its draws were made, a sentence each. */
export function sweepNotes(
  { sizes, seeds, replacement, labels }: SweepSettings,
  { pool, incomparable }: SweepInputs,
): string[] {
  const notes: string[] = [];
  if (incomparable) notes.push(`FIDs of ${incomparable} are not comparable with published FIDs`);
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
      `draws keep the shares of the classes in ${labels}: their FID is that of a set generated so, a little below that of independent images`,
    );
  }
  if (sizes.includes(pool) && seeds.length > 1) {
    notes.push(`N = ${rows} is the whole pool, the same for every seed: it was computed once`);
  }
  return notes;
}
