import { StudyError } from '../../errors.ts';
import { classGap } from './class-gap.ts';
import {
  familiesOf,
  meanOf,
  secondOrderScale,
  spreadBetweenModels,
  usablePairs,
} from './families.ts';
import { FID_NETWORK, type NetworkName, publishedNetworks } from './networks.ts';
import type { PairConstant } from './pair-constant.ts';
import { type LabelProtocol, type PublishedPair, type Shares, sharesOf } from './pairs.ts';
import { covering, sourcesFor } from './sources.ts';

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
  /** Squared units of the features, FID's as 1. */
  readonly unit: number;
  /** Whether it is from too few images: then it is further off than `se` says. */
  readonly isRough: boolean;
}

/** A constant from published pairs, with what it was made of. */
export interface DatasetConstant extends BiasConstant {
  readonly dataset: string;
  readonly network: NetworkName;
  /** How labels are drawn; null if it is not stated. */
  readonly labelProtocol: LabelProtocol | null;
  /** C by what the sources do with labels: one of them, or both that the interval covers. */
  readonly byShares: Readonly<Partial<Record<Shares, number>>>;
  /** How much the protocol of labels may add, as a share of C: 0 if sources of this protocol made it. */
  readonly labelGap: number;
  readonly pairs: readonly PairConstant[];
}

/** Which constant of a data set. */
export interface ConstantChoice {
  readonly network?: NetworkName;
  /** Null if it is not stated: the interval then covers both that labels may be. */
  readonly labelProtocol?: LabelProtocol | null;
}

/**
 * The constant of a data set, network and protocol of labels: the mean of its families of pairs,
 * weighted by their standard errors and the spread between models, which is one for all data sets.
 *
 * @param pairs all published pairs, or what a leave-one-out leaves of them
 * @throws StudyError for a data set without a usable pair, or where no spread is left
 */
export function datasetConstant(
  dataset: string,
  pairs: readonly PublishedPair[],
  { network = FID_NETWORK, labelProtocol = null }: ConstantChoice = {},
): DatasetConstant {
  const usable = usablePairs({ dataset, network }, pairs);
  if (usable.length === 0) throw unusable(dataset, network, pairs);
  const between = spreadBetweenModels(pairs);
  if (!between) {
    throw new StudyError(
      'no data set has two sources left: how constants differ between models is unknown',
      'leave fewer of them out',
    );
  }
  const used = sourcesFor(labelProtocol, usable);
  const means = used.map(([shares, constants]) => ({
    shares,
    mean: meanOf(familiesOf(constants), between.spread),
  }));
  const isStated = labelProtocol !== null && used[0]![0] === sharesOf(labelProtocol);
  const labelGap = isStated || used.length > 1 ? 0 : classGap(dataset, pairs);
  const { value, se, secondOrder } = covering(
    means.map(({ mean }) => mean),
    between,
    labelGap,
  );
  return {
    dataset,
    network,
    labelProtocol,
    byShares: Object.fromEntries(means.map(({ shares, mean }) => [shares, mean.value])),
    labelGap,
    pairs: used.flatMap(([, constants]) => constants),
    value,
    se,
    ...between,
    secondOrder,
    secondOrderScale: scaledSecondOrder(pairs, publishedNetworks[network].features),
    dimension: publishedNetworks[network].features,
    unit: publishedNetworks[network].unit,
    isRough: false,
  };
}

/** Names of data sets that have a constant of a network. */
export function datasetsWithConstant(
  pairs: readonly PublishedPair[],
  network: NetworkName = FID_NETWORK,
): string[] {
  const used = pairs.filter((pair) => pair.use === 'constant' && pair.network === network);
  return [...new Set(used.map(({ dataset }) => dataset))];
}

/**
 * A constant that is measured or given, with its standard error. Published pairs say how large the
 * second order may be.
 *
 * @param measured how many features there are and their unit, FID's by default, and whether the
 *   constant is rough
 */
export function givenConstant(
  value: number,
  se: number,
  pairs: readonly PublishedPair[],
  measured: Partial<MeasuredOn> = {},
): BiasConstant {
  const { features, unit } = publishedNetworks[FID_NETWORK];
  const dimension = measured.dimension ?? features;
  return {
    value,
    se,
    spread: 0,
    degrees: Number.POSITIVE_INFINITY,
    secondOrder: 0,
    secondOrderScale: scaledSecondOrder(pairs, dimension),
    dimension,
    unit: measured.unit ?? unit,
    isRough: measured.isRough ?? false,
  };
}

/** What a constant was measured on. */
type MeasuredOn = Pick<BiasConstant, 'dimension' | 'isRough' | 'unit'>;

/** |D/C| in proportion to the number of features (D/C of isotropic ones is 0.21 d, `referenceError`). */
function scaledSecondOrder(pairs: readonly PublishedPair[], dimension: number): number {
  return (secondOrderScale(pairs) * dimension) / publishedNetworks[FID_NETWORK].features;
}

function unusable(
  dataset: string,
  network: NetworkName,
  pairs: readonly PublishedPair[],
): StudyError {
  const known = datasetsWithConstant(pairs, network).join(', ');
  const counter = pairs.find((pair) => pair.dataset === dataset && pair.use === 'counter-example');
  if (counter && network === counter.network) {
    return new StudyError(
      `the published numbers of ${dataset} contradict 1/N: ${counter.note} (${counter.source})`,
      'give --reference, a statistics file of its real images, or --constant',
    );
  }
  const by = network === FID_NETWORK ? '' : ` by ${network}`;
  return new StudyError(
    `no published constant of the data set${by}: ${dataset}`,
    `known${by}: ${known}; for others give --reference, a statistics file of the real images, or --constant`,
  );
}
