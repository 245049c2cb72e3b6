import { plugIn } from '../../estimators/plug-in.ts';
import { hasEnoughRows } from '../../estimators/recommended.ts';
import { estimatePool } from '../../estimators/run.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { type FeatureRows, referenceOfFeatures } from '../../metrics/features.ts';
import type { Side } from '../../sides/side.ts';
import { biasConstant, SEEN_TAILS } from '../../theory/bias-constants.ts';
import { Z95 } from '../../theory/normal.ts';
import {
  type ConstantParts,
  constantError,
  gaussianConstant,
  populationConstant,
  sampleConstant,
} from '../../theory/population-constant.ts';
import { type BiasConstant, givenConstant } from './bias-constant.ts';
import { FID_NETWORK, publishedNetworks } from './networks.ts';
import type { PublishedPair } from './pairs.ts';
import type { ReferenceConstant } from './reference-note.ts';
import { spectrumBiasConstant, spectrumOfSide } from './spectrum-constant.ts';

/**
 * C of a set of real images, for a generator whose features are distributed as theirs: by fourth
 * moments where they are features. Of statistics it is the Gaussian constant raised by half of what
 * tails have been seen to add on real features, and a standard error that reaches from nothing to all
 * of it.
 *
 * @throws StudyError below two images
 */
export async function referenceConstant(
  side: Side,
  pairs: readonly PublishedPair[],
  algebra: LinearAlgebra,
): Promise<ReferenceConstant> {
  if (side.kind === 'statistics') {
    const gaussian = spectrumBiasConstant(await spectrumOfSide(side, algebra));
    const unit = unitOf(side, gaussian);
    const measured = { dimension: side.dimension, unit };
    return { ...ofSpectrum(gaussian, pairs, measured), basis: 'spectrum', gaussian };
  }
  const { constant, gaussian } = await constantOfFeatures(side, algebra);
  const { value } = constant;
  const features = {
    dimension: side.dimension,
    isRough: !hasEnoughRows(side),
    unit: unitOf(side, value),
  };
  return {
    ...givenConstant(value, constantError(constant)!, pairs, features),
    basis: 'fourth-moments',
    gaussian,
  };
}

interface FeaturesConstant {
  readonly constant: ConstantParts;
  readonly gaussian: number;
}

/**
 * P = Q: every other image against the rest, two independent sets of one population. Where half of
 * them are no more than dimensions, all against themselves.
 */
async function constantOfFeatures(
  features: FeatureRows,
  algebra: LinearAlgebra,
): Promise<FeaturesConstant> {
  const halves = features.rows >= 4 ? [everyOther(features, 0), everyOther(features, 1)] : [];
  const [referenceFeatures, generated] = halves;
  const options = { estimators: [plugIn], seed: null, algebra };
  if (referenceFeatures && generated) {
    const half = await referenceOfFeatures(referenceFeatures, algebra);
    const { shared } = await estimatePool(generated, half, { ...options, referenceFeatures });
    const sides = (['generated', 'reference'] as const).map((each) =>
      populationConstant(shared, each),
    );
    const [one, other] = sides;
    if (one && other) return { constant: meanOf(one, other), gaussian: gaussianConstant(shared) };
  }
  const reference = await referenceOfFeatures(features, algebra);
  const { shared } = await estimatePool(features, reference, options);
  const constant = sampleConstant(shared, features.rows)!;
  return { constant, gaussian: biasConstant(shared.whole, 1) };
}

/** Of two halves: chance differs, what is not known of tails is the same. */
function meanOf(a: ConstantParts, b: ConstantParts): ConstantParts {
  return {
    value: (a.value + b.value) / 2,
    chance: Math.hypot(a.chance!, b.chance!) / 2,
    rest: (a.rest + b.rest) / 2,
  };
}

/** Rows first, first + 2, … of a set, which may be in the order of its classes. */
function everyOther({ rows, dimension, readBlock }: FeatureRows, first: 0 | 1): FeatureRows {
  return {
    rows: Math.floor((rows - first + 1) / 2),
    dimension,
    readBlock(start, count, out) {
      for (let i = 0; i < count; i++) {
        const row = first + 2 * (start + i);
        readBlock(row, 1, out.subarray(i * dimension, (i + 1) * dimension));
      }
    },
  };
}

/** C of CIFAR-10 by FID's network, about: what the unit of another network's features is told by. */
const USUAL_CONSTANT = 26_000;

/** Squared units of a reference's features, FID's as 1: by its constant where the network is another. */
function unitOf(side: Side, constant: number): number {
  return isOfFidNetwork(side) === false ? constant / USUAL_CONSTANT : 1;
}

/** Whether its distances may stand next to published FIDs; null if nothing tells. */
function isOfFidNetwork({ extractor, dimension }: Side): boolean | null {
  if (extractor) return extractor.comparable;
  return dimension === publishedNetworks[FID_NETWORK].features ? null : false;
}

/** By the Gaussian constant of a spectrum, whose tails may be anything from Gaussian to CIFAR-10's. */
export function ofSpectrum(
  gaussian: number,
  pairs: readonly PublishedPair[],
  measured: Partial<Pick<BiasConstant, 'dimension' | 'unit'>> = {},
): BiasConstant {
  const middle = (1 + SEEN_TAILS) / 2;
  const se = (gaussian * (SEEN_TAILS - 1)) / 2 / Z95;
  return givenConstant(gaussian * middle, se, pairs, measured);
}
