import {
  type BiasConstant,
  datasetConstant,
  givenConstant,
} from '../../answers/correct/bias-constant.ts';
import { correctFid } from '../../answers/correct/correct.ts';
import { familiesOf, spreadBetweenModels, usablePairs } from '../../answers/correct/families.ts';
import { FID_NETWORK } from '../../answers/correct/networks.ts';
import { pairConstant, type Sizes } from '../../answers/correct/pair-constant.ts';
import type { PublishedPair } from '../../answers/correct/pairs.ts';
import { studentTQuantile } from '../../theory/student-t.ts';

/** A prediction of the FID at 5,000 images: a row of predictions.csv. */
export interface Prediction {
  readonly route: 'surrogate' | 'published' | 'sensitivity' | 'own samples';
  readonly label: string;
  readonly fid: number;
  readonly lower: number;
  readonly upper: number;
  /** What it was made from. */
  readonly basis: string;
}

/** The report of Conditional Flow Matching. */
export interface Report {
  readonly dataset: string;
  readonly from: Sizes;
  readonly fidFrom: number;
  readonly to: Sizes;
  /** What was reported at `to`; no route uses it. */
  readonly fidTo: number;
}

/** Conditional Flow Matching's model of CIFAR-10 has no labels. */
const UNCONDITIONAL = { labelProtocol: 'none' } as const;

/**
 * Closed form: 5.12 at 50,000 and constants from other published numbers: of all sources, of all but
 * one, and of each alone.
 */
export function publishedRoutes(report: Report, pairs: readonly PublishedPair[]): Prediction[] {
  const { dataset } = report;
  const used = usablePairs({ dataset, network: FID_NETWORK }, pairs);
  const families = [...new Set(used.map(({ family }) => family))];
  const all = predict(report, datasetConstant(dataset, pairs, UNCONDITIONAL));
  const some = (count: number) => `constant of ${count} published sources`;
  return [
    { ...all, label: 'all published sources', basis: some(families.length) },
    ...families.map((left) => ({
      ...predict(
        report,
        datasetConstant(
          dataset,
          pairs.filter((pair) => pair.dataset !== dataset || pair.family !== left),
          UNCONDITIONAL,
        ),
      ),
      label: `all but ${left}`,
      basis: some(families.length - 1),
    })),
    ...families.map((family) => {
      const members = used.filter((pair) => pair.family === family);
      const [constant] = familiesOf(members.map(pairConstant));
      const between = modelSpread(pairs);
      // Both this model's constant and the predicted one vary between models.
      const se = Math.max(constant!.se, between.spread * constant!.value);
      return {
        ...predict(report, { ...givenConstant(constant!.value, se, pairs), ...between }),
        label: `${family} alone`,
        basis: members.map(({ source }) => source).join(' '),
      };
    }),
  ];
}

function predict({ fidFrom, from, to }: Report, constant: BiasConstant) {
  const { fid, lower, upper } = correctFid(fidFrom, from, to, constant);
  return { route: 'published', fid, lower, upper } as const;
}

/** How constants differ between models. @throws Error if the pairs do not show it */
export function modelSpread(
  pairs: readonly PublishedPair[],
): NonNullable<ReturnType<typeof spreadBetweenModels>> {
  const between = spreadBetweenModels(pairs);
  if (!between) throw new Error('no data set has two sources');
  return between;
}

/**
 * A prediction from independent standard errors.
 *
 * @param degrees of freedom of Student's t: those of the largest error that is itself an estimate
 */
export function withErrors(
  prediction: Omit<Prediction, 'lower' | 'upper'>,
  errors: readonly number[],
  degrees = Number.POSITIVE_INFINITY,
): Prediction {
  const half = studentTQuantile(0.975, degrees) * Math.hypot(...errors);
  return { ...prediction, lower: prediction.fid - half, upper: prediction.fid + half };
}
