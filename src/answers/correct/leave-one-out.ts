import { StudyError } from '../../errors.ts';
import { median } from '../../theory/statistics.ts';
import { datasetConstant } from './bias-constant.ts';
import { type Correction, correctFid } from './correct.ts';
import { endsOf, pairConstant, pairErrors } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';

/** A published pair's larger end, predicted from its smaller end and the other sources. */
export interface PairPrediction {
  readonly pair: PublishedPair;
  /** C of the pair alone. */
  readonly apparentConstant: number;
  /** C of the other sources of its data set; null if there are none. */
  readonly constant: number | null;
  readonly predicted: Correction | null;
  /** What was reported there; 0 for real images, but for a shift between train and test. */
  readonly reported: number;
}

/**
 * Predicts the larger end of every pair with the constant of all other families of its data set.
 * The interval of separate checkpoints has the spread of trainings in it.
 */
export function leaveOneOut(pairs: readonly PublishedPair[]): PairPrediction[] {
  return pairs.map((pair) => {
    const others = pairs.filter(
      ({ dataset, family }) => dataset !== pair.dataset || family !== pair.family,
    );
    const constant = constantOrNull(pair, others);
    const { a, b } = endsOf(pair);
    const { other } = pairErrors(pair);
    return {
      pair,
      apparentConstant: pairConstant(pair).value,
      constant: constant?.value ?? null,
      predicted: constant && correctFid(pair.fid_a.value, a, b, constant, other),
      reported: pair.fid_b?.value ?? 0,
    };
  });
}

/** How predictions did, but for those that cannot be made: a data set with one source alone. */
export interface PredictionErrors {
  readonly count: number;
  /** Median and largest |predicted − reported|, in units of FID. */
  readonly median: number;
  readonly worst: number;
  readonly worstModel: string;
  /** The median as a share of what was corrected. */
  readonly medianShare: number;
  /** Reported values that lie within their interval. */
  readonly inside: number;
}

/** How predictions did by family. */
export interface FamilyErrors {
  readonly count: number;
  /** Families of which every interval holds. */
  readonly inside: number;
  /** Of a family, the median share; of these, the median. */
  readonly medianShare: number;
}

/** The same with one vote a family: its pairs share their images. */
export function familyErrors(
  predictions: readonly PairPrediction[],
  uses: readonly PublishedPair['use'][],
): FamilyErrors {
  const families = new Map<string, PairPrediction[]>();
  for (const prediction of predictions) {
    const { dataset, network, family, use } = prediction.pair;
    if (!prediction.predicted || !uses.includes(use)) continue;
    const name = [dataset, network, family].join();
    families.set(name, [...(families.get(name) ?? []), prediction]);
  }
  const each = [...families.values()].map((members) => predictionErrors(members, uses));
  return {
    count: each.length,
    inside: each.filter(({ count, inside }) => count === inside).length,
    medianShare: median(each.map(({ medianShare }) => medianShare)),
  };
}

/**
 * @param uses of the pairs that count: the table of pairs marks beforehand which are too small in N for
 *   the law, and which contradict it
 */
export function predictionErrors(
  predictions: readonly PairPrediction[],
  uses: readonly PublishedPair['use'][],
): PredictionErrors {
  const errors = predictions.flatMap(({ pair, predicted, reported }) =>
    predicted && uses.includes(pair.use)
      ? [
          {
            model: pair.model,
            error: Math.abs(predicted.fid - reported),
            share: Math.abs((predicted.fid - reported) / (pair.fid_a.value - reported)),
            inside: predicted.lower <= reported && reported <= predicted.upper,
          },
        ]
      : [],
  );
  const worst = Math.max(0, ...errors.map(({ error }) => error));
  return {
    count: errors.length,
    median: median(errors.map(({ error }) => error)),
    worst,
    worstModel: errors.find(({ error }) => error === worst)?.model ?? '',
    medianShare: median(errors.map(({ share }) => share)),
    inside: errors.filter(({ inside }) => inside).length,
  };
}

function constantOrNull(
  { dataset, network, label_protocol }: PublishedPair,
  pairs: readonly PublishedPair[],
) {
  const labelProtocol = label_protocol === 'unknown' ? null : label_protocol;
  try {
    return datasetConstant(dataset, pairs, { network, labelProtocol });
  } catch (error) {
    if (error instanceof StudyError) return null;
    throw error;
  }
}
