import {
  type DifferenceTest,
  type FidErrors,
  type PlanPoint,
  planCurve,
  planSizes,
  type SizeForBias,
  safeSizeForDifference,
  sizeForBias,
  sizeForDifference,
} from './fid-errors.ts';

/** What is wanted of an FID. */
export interface PlanQuestion extends Omit<DifferenceTest, 'difference'> {
  /** |bias| is to be below this; undefined if it is not asked. */
  readonly bias: number | undefined;
  /** Two models this far apart are to be told apart; undefined if it is not asked. */
  readonly difference: number | undefined;
  /** M; Infinity where the reference is taken as the truth. */
  readonly referenceSize: number;
}

/** How many images that takes. */
export interface Plan {
  /** Null where the reference alone has more bias; undefined if it was not asked. */
  readonly forBias: SizeForBias | null | undefined;
  /** Images of each model. */
  readonly forDifference: number | undefined;
  /** The same to be 95 % sure of σ²; null where it was not measured. */
  readonly safeForDifference: number | null | undefined;
  readonly curve: readonly PlanPoint[];
}

/** Numbers of images for what is wanted, and the curve they lie on. */
export function planImages(errors: FidErrors, question: PlanQuestion): Plan {
  const { bias, difference, referenceSize, ...test } = question;
  const forBias =
    bias === undefined ? undefined : sizeForBias(errors.constant, bias, referenceSize);
  const forDifference =
    difference === undefined ? undefined : sizeForDifference(errors, { difference, ...test });
  const safeForDifference =
    difference === undefined ? undefined : safeSizeForDifference(errors, { difference, ...test });
  const wanted = [forBias?.size ?? [], forDifference ?? []].flat();
  const sizes = planSizes(wanted, errors.constant.dimension);
  const curve = planCurve(errors, sizes, test, referenceSize);
  return { forBias, forDifference, safeForDifference, curve };
}
