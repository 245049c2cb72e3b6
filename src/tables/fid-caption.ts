import { thousands } from './number.ts';

/** With this many images on both sides, an FID may be quoted without an estimate of its bias. */
export const MANY_IMAGES = 10_000;

/** Label of the reference among a sweep's facts. */
export const REFERENCE_FACT = 'reference';

/** Numbers of images behind an FID. */
export interface FidSizes {
  /** N */
  readonly rows: number;
  /** M; null if it is not stated. */
  readonly referenceRows: number | null;
}

/**
 * Quoted with every FID: `at N = 5,000 against 10,000 references, of which about 5.2 is bias`.
 *
 * @param bias an estimate of the FID's bias; null without one
 */
export function fidCaption({ rows, referenceRows }: FidSizes, bias: number | null): string {
  const of = bias === null ? '' : `, of which about ${aboutBias(bias)} is bias`;
  return `at N = ${thousands(rows)} against ${referencesInWords(referenceRows)}${of}`;
}

/** `10,000 references`, or that their number is not stated. */
export function referencesInWords(referenceRows: number | null): string {
  return referenceRows === null
    ? 'an unstated number of references'
    : `${thousands(referenceRows)} references`;
}

/** A bias to two digits: a first-order estimate is no more precise. */
export function aboutBias(bias: number): string {
  return String(Number(bias.toPrecision(2)));
}
