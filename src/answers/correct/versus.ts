import { roundToError } from '../../tables/number.ts';
import { studentTQuantile } from '../../theory/student-t.ts';
import type { BiasConstant } from './bias-constant.ts';
import { correctFid } from './correct.ts';
import { count } from './explain.ts';
import { inverseChange, type Sizes, sampledAt, sideErrors } from './pair-constant.ts';

/** A reported FID and the images behind it. */
export interface ReportedFid {
  readonly fid: number;
  readonly sizes: Sizes;
}

/** How two reported FIDs compare, once both are at one number of images. */
export interface Versus {
  readonly a: number;
  readonly b: number;
  /** a − b, with its 95 % interval: below 0 if A is better. */
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  /** False where a size is no larger than the number of features, or the constant is rough. */
  readonly reliable: boolean;
}

/**
 * Two reported FIDs at one number of images: whether their difference is more than their errors. The error
 * of the mean constant is common to both, so that at equal N it cancels; how models differ does not, and
 * neither does the sampling behind either number.
 *
 * @param to where both are compared; Infinity by choice
 */
export function versus(a: ReportedFid, b: ReportedFid, to: Sizes, constant: BiasConstant): Versus {
  const [ofA, ofB] = [a, b].map(({ fid, sizes }) => correctFid(fid, sizes, to, constant)) as [
    ReturnType<typeof correctFid>,
    ReturnType<typeof correctFid>,
  ];
  const [changeA, changeB] = [a, b].map(({ sizes }) => inverseChange(sizes, to)) as [
    number,
    number,
  ];
  const second = (sizes: Sizes, change: number) =>
    inverseChange(sizes, to, 2) - constant.secondOrder * change;
  const sampling = ({ fid, sizes }: ReportedFid) =>
    sideErrors(sampledAt(fid, sizes, constant.value, constant.unit), sizes, {
      generated: Number.POSITIVE_INFINITY,
      // Both are against one reference, whose sampling they share.
      reference: sizes.reference,
    });
  const difference = ofA.fid - ofB.fid;
  const error = Math.hypot(
    constant.se * (changeA - changeB),
    constant.spread * constant.value * Math.hypot(changeA, changeB),
    constant.value *
      constant.secondOrderScale *
      (second(a.sizes, changeA) - second(b.sizes, changeB)),
    sampling(a),
    sampling(b),
  );
  const half = studentTQuantile(0.975, constant.degrees) * error;
  return {
    a: ofA.fid,
    b: ofB.fid,
    difference,
    lower: difference - half,
    upper: difference + half,
    reliable: ofA.reliable && ofB.reliable,
  };
}

/** The verdict in a sentence. */
export function versusLine({ a, b, difference, lower, upper }: Versus, to: Sizes): string {
  const shown = (value: number) => roundToError(value, (upper - lower) / 20).value;
  const at = Number.isFinite(to.generated) ? `with ${count(to.generated)} images` : 'at infinity';
  const both = `${at} ${shown(a)} against ${shown(b)}`;
  const by = `${shown(difference)} [${shown(lower)}, ${shown(upper)}]`;
  if (upper < 0) return `the first is better: ${both}, a difference of ${by}`;
  if (lower > 0) return `the second is better: ${both}, a difference of ${by}`;
  return `the two cannot be told apart: ${both}, a difference of ${by}`;
}
