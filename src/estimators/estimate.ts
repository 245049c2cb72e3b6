import { Z95 } from '../theory/normal.ts';

/** One estimate of FID_∞, the FID between the two populations; never clipped at 0. */
export interface Estimate {
  /** Name of the estimator, such as `plug-in` or `analytic-fourth-2`. */
  readonly method: string;
  readonly estimate: number;
  /** Standard error; null where it is not known. */
  readonly se: number | null;
  /** 95 % interval; null where the standard error is. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** What the number was made from, for the curious: sizes, weights, constants. */
  readonly diagnostics: Readonly<Record<string, Diagnostic>>;
  /** What a reader must know, a sentence each. */
  readonly notes: readonly string[];
}

export type Diagnostic = number | string | null | readonly number[];

/** What an estimate can be made from, the interval and the notes aside. */
export interface EstimateParts {
  readonly method: string;
  readonly estimate: number;
  readonly se: number | null;
  readonly diagnostics?: Readonly<Record<string, Diagnostic>>;
  readonly notes?: readonly string[];
}

/** An estimate with its normal 95 % interval, and a note where it or all of that is negative. */
export function withInterval({
  method,
  estimate,
  se,
  diagnostics = {},
  notes = [],
}: EstimateParts): Estimate {
  const half = se === null ? null : Z95 * se;
  return {
    method,
    estimate,
    se,
    lower: half === null ? null : estimate - half,
    upper: half === null ? null : estimate + half,
    diagnostics,
    notes: [...notes, ...belowZero(estimate, half)],
  };
}

/** @param half of the interval's width */
function belowZero(estimate: number, half: number | null): string[] {
  if (estimate >= 0) return [];
  return [half !== null && estimate + half < 0 ? IMPOSSIBLE : NEGATIVE];
}

const IMPOSSIBLE =
  'the whole 95 % interval is below 0, and a distance is not: this contradicts the inputs (features of another network, a wrong number of images on either side, or images shared with the reference)';

const NEGATIVE =
  'the estimate is negative: a distance is not, but an estimate without bias falls on both sides of one that is near 0; set to 0 it would be biased again';
