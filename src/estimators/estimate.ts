import { shiftedEnds } from '../theory/interval-shift.ts';
import type { ConstantParts } from '../theory/population-constant.ts';

/** One estimate of FID_∞, the FID between the two populations; never clipped at 0. */
export interface Estimate {
  /** Name of the estimator, such as `plug-in` or `analytic-fourth-2`. */
  readonly method: string;
  readonly estimate: number;
  /** Standard error, the root of the sum of squares of `errors`; null where it is not known. */
  readonly se: number | null;
  /** 95 % interval; null where the standard error is. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** What the standard error is made of; null where that is. */
  readonly errors: ErrorParts | null;
  /** C of FID_N ≈ FID_∞ + C/N, as this method has it; null where it has none. */
  readonly constant: ConstantParts | null;
  /** Of the bias, what a finite reference adds; it is taken away from `estimate`. */
  readonly referenceBias: number;
  /** For display alone: sizes, weights, terms. Code reads the fields above. */
  readonly diagnostics: Readonly<Record<string, Diagnostic>>;
  /** What a reader must know, a sentence each. */
  readonly notes: readonly string[];
}

/** Parts of a standard error, in units of FID; 0 where a method has no such part. */
export interface ErrorParts {
  /** Chance: which images were drawn. */
  readonly sampling: number;
  /** Orders of 1/N that the method leaves out. */
  readonly truncation: number;
  /** What is not known of the features' tails. */
  readonly tails: number;
  /** What is left of the reference's bias. */
  readonly reference: number;
}

export type Diagnostic = number | string | null | readonly number[];

/** What an estimate can be made from, the interval and the notes aside. */
export interface EstimateParts {
  readonly method: string;
  readonly estimate: number;
  /** Null where no standard error is known. */
  readonly errors: (Pick<ErrorParts, 'sampling'> & Partial<ErrorParts>) | null;
  /** How far up the end of its interval moves; see `intervalShift`. */
  readonly shift?: number;
  readonly constant?: ConstantParts;
  readonly referenceBias?: number;
  readonly diagnostics?: Readonly<Record<string, Diagnostic>>;
  readonly notes?: readonly string[];
}

/** An estimate with its 95 % interval, and a note where it or all of that is negative. */
export function withInterval({
  method,
  estimate,
  errors,
  shift = 0,
  constant,
  referenceBias = 0,
  diagnostics = {},
  notes = [],
}: EstimateParts): Estimate {
  const parts = errors && { truncation: 0, tails: 0, reference: 0, ...errors };
  const se = parts && Math.hypot(parts.sampling, parts.truncation, parts.tails, parts.reference);
  const ends = se === null ? null : shiftedEnds(se, shift);
  const upper = ends && estimate + ends.above;
  return {
    method,
    estimate,
    se,
    lower: ends && estimate - ends.below,
    upper,
    errors: parts,
    constant: constant ?? null,
    referenceBias,
    diagnostics,
    notes: [...notes, ...belowZero(estimate, upper)],
  };
}

function belowZero(estimate: number, upper: number | null): string[] {
  if (estimate >= 0) return [];
  return [upper !== null && upper < 0 ? IMPOSSIBLE : NEGATIVE];
}

const IMPOSSIBLE =
  'the whole 95 % interval is below 0, and a distance is not: this contradicts the inputs (features of another network, a wrong number of images on either side, or images shared with the reference)';

const NEGATIVE =
  'the estimate is negative: a distance is not, but an estimate without bias falls on both sides of one that is near 0; set to 0 it would be biased again';
