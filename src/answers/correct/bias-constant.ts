import { StudyError } from '../../errors.ts';
import {
  familiesOf,
  secondOrderScale,
  spreadBetweenModels,
  usablePairs,
  weightedMean,
} from './families.ts';
import { type PairConstant, pairConstant } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';

/** d of FID's network, which published numbers are of. */
const INCEPTION_FEATURES = 2048;

/** A bias constant C, and how sure it is: FID_N ≈ FID_∞ + C (1/N + 1/M). */
export interface BiasConstant {
  readonly value: number;
  /** Standard error of `value`, as the mean over models. */
  readonly se: number;
  /** Standard deviation of C between models, as a share of it. */
  readonly spread: number;
  /** Degrees of freedom of the spread; Infinity where it is not an estimate. */
  readonly degrees: number;
  /** Mean of Δ(1/N²)/Δ(1/N) where it was measured; 0 for the limit of large N. */
  readonly secondOrder: number;
  /** |D/C|, in images: the second-order term is uncertain by D/N². */
  readonly secondOrderScale: number;
  /** d, the features of an image: with no more images than these 1/N is not the law. */
  readonly dimension: number;
  /** Whether it is from too few images: then it is further off than `se` says. */
  readonly isRough: boolean;
}

/** A constant from published pairs, with what it was made of. */
export interface DatasetConstant extends BiasConstant {
  readonly dataset: string;
  readonly pairs: readonly PairConstant[];
}

/**
 * The constant of a data set: the mean of its families of pairs, weighted by their standard errors.
 * A data set with one family borrows the spread between models of the others.
 *
 * @param pairs all published pairs, or what a leave-one-out leaves of them
 * @throws StudyError for a data set without a usable pair, or where no spread is left
 */
export function datasetConstant(dataset: string, pairs: readonly PublishedPair[]): DatasetConstant {
  const constants = usablePairs(dataset, pairs).map(pairConstant);
  if (constants.length === 0) throw unusable(dataset, pairs);
  const families = familiesOf(constants);
  const { value, se, secondOrder } = weightedMean(families);
  const between = spreadBetweenModels(pairs);
  if (!between) {
    throw new StudyError(
      'no data set has two sources left: how constants differ between models is unknown',
      'leave fewer of them out',
    );
  }
  return {
    dataset,
    pairs: constants,
    value,
    // Families that agree by chance do not make the mean surer than their spread would.
    se: Math.max(se, (between.spread * value) / Math.sqrt(families.length)),
    ...between,
    secondOrder,
    secondOrderScale: secondOrderScale(pairs),
    dimension: INCEPTION_FEATURES,
    isRough: false,
  };
}

/** Names of data sets that have a constant. */
export function datasetsWithConstant(pairs: readonly PublishedPair[]): string[] {
  return [...new Set(pairs.filter(({ use }) => use === 'constant').map(({ dataset }) => dataset))];
}

/**
 * A constant that is measured or given, with its standard error. Published pairs say how large the
 * second order may be: of theirs, in proportion to the number of features (D/C of isotropic ones is
 * 0.21 d, `referenceError`).
 *
 * @param features how many there are, FID's by default, and whether the constant is rough
 */
export function givenConstant(
  value: number,
  se: number,
  pairs: readonly PublishedPair[],
  { dimension = INCEPTION_FEATURES, isRough = false }: Partial<MeasuredOn> = {},
): BiasConstant {
  return {
    value,
    se,
    spread: 0,
    degrees: Number.POSITIVE_INFINITY,
    dimension,
    isRough,
    secondOrder: 0,
    secondOrderScale: (secondOrderScale(pairs) * dimension) / INCEPTION_FEATURES,
  };
}

/** What a constant was measured on. */
type MeasuredOn = Pick<BiasConstant, 'dimension' | 'isRough'>;

function unusable(dataset: string, pairs: readonly PublishedPair[]): StudyError {
  const known = datasetsWithConstant(pairs).join(', ');
  const counter = pairs.find((pair) => pair.dataset === dataset && pair.use === 'counter-example');
  if (counter) {
    return new StudyError(
      `the published numbers of ${dataset} contradict 1/N: ${counter.note} (${counter.source})`,
      'give --reference, a statistics file of its real images, or --constant',
    );
  }
  return new StudyError(
    `no published constant of the data set: ${dataset}`,
    `known: ${known}; for others give --reference, a statistics file of the real images, or --constant`,
  );
}
