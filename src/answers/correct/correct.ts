import { studentTQuantile } from '../../theory/student-t.ts';
import type { BiasConstant } from './bias-constant.ts';
import { inverseChange, type Sizes, sampledAt, sideErrors } from './pair-constant.ts';

/** A reported FID at another number of images. */
export interface Correction {
  readonly fid: number;
  /** 95 % interval for what would be reported there, from other images of the same generator. */
  readonly lower: number;
  readonly upper: number;
  /** What was subtracted: C · Δ(1/N + 1/M). */
  readonly correction: number;
  /** Quantile of Student's t that the interval is made with. */
  readonly quantile: number;
  /** Standard deviations that make the interval, in units of FID. */
  readonly errors: {
    /** Of the mean constant, and between models. */
    readonly constant: number;
    /** D/N², which a first-order conversion leaves out. */
    readonly secondOrder: number;
    /** The sample behind the reported FID. */
    readonly reported: number;
    /** The sample that an FID at the other size would have; 0 at infinity. */
    readonly target: number;
    /** Whatever else the caller knows of. */
    readonly other: number;
  };
  /**
   * False where a size is no larger than the number of features, so that 1/N is no longer the law, or
   * where the constant is rough.
   */
  readonly reliable: boolean;
}

/**
 * Converts an FID from one number of images to another: FID_b = FID_a − C · Δ(1/N + 1/M). It may be
 * negative, as estimates of a small FID are.
 *
 * @param other standard deviation of anything else, such as separate trainings of a published pair
 */
export function correctFid(
  fid: number,
  from: Sizes,
  to: Sizes,
  constant: BiasConstant,
  other = 0,
): Correction {
  const change = inverseChange(from, to);
  const correction = constant.value * change;
  const corrected = fid - correction;
  // A constant measured at these very sizes has their second order in it.
  const unmeasured = inverseChange(from, to, 2) - constant.secondOrder * change;
  const sampled = sampledAt(fid, from, constant.value, constant.unit);
  const errors = {
    constant: Math.abs(change) * Math.hypot(constant.se, constant.spread * constant.value),
    secondOrder: Math.abs(constant.value * constant.secondOrderScale * unmeasured),
    reported: sideErrors(sampled, from, to),
    target: sideErrors(sampled, to, from),
    other,
  };
  const quantile = studentTQuantile(0.975, constant.degrees);
  const half = quantile * Math.hypot(...Object.values(errors));
  const sizes = [from, to].flatMap(({ generated, reference }) => [generated, reference]);
  return {
    fid: corrected,
    lower: corrected - half,
    upper: corrected + half,
    correction,
    quantile,
    errors,
    reliable: !constant.isRough && sizes.every((n) => n === null || n > constant.dimension),
  };
}
