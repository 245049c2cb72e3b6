import { thousands } from './number.ts';

/** From so many images on both sides, an FID may go without an estimate of its bias. */
export const MANY_IMAGES = 10_000;

/** What a sweep's facts call what its FIDs are distances to. */
export const REFERENCE_FACT = 'reference';

/** How many images an FID is of. */
export interface FidSizes {
  /** N */
  readonly rows: number;
  /** M; null where it is not stated. */
  readonly referenceRows: number | null;
}

/**
 * What an FID is never quoted without: `at N = 5,000 against 10,000 references, of it about 5.2 bias`.
 *
 * @param bias an estimate of it; null where there is none
 */
export function fidCaption({ rows, referenceRows }: FidSizes, bias: number | null): string {
  const of = bias === null ? '' : `, of it about ${aboutBias(bias)} bias`;
  return `at N = ${thousands(rows)} against ${referencesInWords(referenceRows)}${of}`;
}

/** `10,000 references`, or that their number is not stated. */
export function referencesInWords(referenceRows: number | null): string {
  return referenceRows === null
    ? 'references of unstated number'
    : `${thousands(referenceRows)} references`;
}

/** A bias to two digits: an estimate to first order is worth no more. */
export function aboutBias(bias: number): string {
  return String(Number(bias.toPrecision(2)));
}
