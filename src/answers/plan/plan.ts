import {
  type Comparison,
  type PlanPoint,
  type Precision,
  planCurve,
  planSizes,
  type SizeForBias,
  sizeForBias,
  sizeForDifference,
} from './precision.ts';

/** What is wanted of an FID. */
export interface PlanQuestion extends Omit<Comparison, 'difference'> {
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
  readonly curve: readonly PlanPoint[];
}

/** Numbers of images for what is wanted, and the curve they lie on. */
export function planImages(precision: Precision, question: PlanQuestion): Plan {
  const { bias, difference, referenceSize, ...comparison } = question;
  const forBias =
    bias === undefined ? undefined : sizeForBias(precision.constant, bias, referenceSize);
  const forDifference =
    difference === undefined
      ? undefined
      : sizeForDifference(precision, { difference, ...comparison });
  const wanted = [forBias?.size ?? [], forDifference ?? []].flat();
  const sizes = planSizes(wanted, precision.constant.dimension);
  const curve = planCurve(precision, sizes, comparison, referenceSize);
  return { forBias, forDifference, curve };
}
